// A client by the interface of browsers: it connects, sends back each message as it came, and connects again when the
// connection has ended, until nobody is there any more.
const [url] = process.argv.slice(2);
let failures = 0;

function come() {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => (failures = 0);
  socket.onmessage = ({ data }) => socket.send(data);
  socket.onerror = () => {};
  // Fixtures make some connections fail; so many in a row do not.
  socket.onclose = () => (++failures < 100 ? setTimeout(come) : process.exit());
}

come();
