// What a WebSocket of the browser's interface lets one send: run in Chromium, and by runtimes that have one.

globalThis.converse = async (url) => {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  const event = (name) =>
    new Promise((resolve, reject) => {
      socket.addEventListener(name, resolve, { once: true });
      if (name !== 'close') socket.addEventListener('close', ({ code }) => reject(new Error(`closed with ${code}`)));
    });
  const echoOf = (data) => {
    const echo = event('message');
    socket.send(data);
    return echo;
  };
  await event('open');
  const { data: text } = await echoOf('Grüße, 🌍');
  const large = Uint8Array.from({ length: 1024 * 1024 }, (_, index) => index % 251);
  const { data: binary } = await echoOf(large);
  const echoed = new Uint8Array(binary);
  const closed = event('close');
  socket.close(3001, 'bye');
  const { code, wasClean } = await closed;
  return {
    text: text === 'Grüße, 🌍',
    binary: echoed.length === large.length && large.every((byte, index) => byte === echoed[index]),
    close: code,
    clean: wasClean,
    extensions: socket.extensions,
  };
};
