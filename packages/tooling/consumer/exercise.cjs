// What a user would do first with every package. Handed the packages, so that it says the same of `import` and `require`.
'use strict';
const assert = require('node:assert/strict');
const { once } = require('node:events');

module.exports = async function exercise(packages) {
  const { frame, web, handshake, deflate, connection, server, client, cluster, ws, testkit } = packages;
  assert.equal(handshake.acceptKey('dGhlIHNhbXBsZSBub25jZQ=='), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  await useFrames(frame, web);
  await useConnections(connection, testkit);
  await useServer(server, client, deflate);
  await useCluster(server, client, cluster);
  await useFace(ws);
  assert.ok(testkit.fixtures.header.fixtures.length > 300);
};

async function useFrames({ DecoderCore, encodeFrame, FrameDecoder, Opcode }, { FrameDecoderStream }) {
  const wire = encodeFrame({ fin: true, rsv: 0, opcode: Opcode.text, payload: Buffer.from('asd') }, { role: 'client' });
  const core = new DecoderCore({ role: 'server' });
  core.write(Buffer.from(wire));
  assert.equal(core.next().payload.toString(), 'asd');

  const frames = new FrameDecoder({ role: 'server' });
  frames.end(Buffer.from(wire));
  const [slice] = await once(frames, 'data');
  assert.equal(slice.payload.toString(), 'asd');

  const { readable, writable } = new FrameDecoderStream({ role: 'server' });
  const writer = writable.getWriter();
  void writer.write(Buffer.from(wire));
  const { value } = await readable.getReader().read();
  assert.equal(value.payload.toString(), 'asd');
}

async function useConnections({ Connection }, { pair }) {
  const [near, far] = pair();
  const ours = new Connection(near, { role: 'client' });
  const theirs = new Connection(far, { role: 'server' });
  theirs.on('message', (message) => theirs.send(message.text().toUpperCase()));
  ours.send('hello');
  const [answer] = await once(ours, 'message');
  assert.equal(answer.text(), 'HELLO');
  assert.equal((await ours.close()).clean, true);
}

async function useCluster({ SokkerServer }, { connect }, { Cluster, threadBackplane }) {
  const [first, second] = [new SokkerServer(), new SokkerServer()];
  const clusters = [first, second].map((server) => new Cluster(server, threadBackplane()));
  const { port } = await second.listen(0, '127.0.0.1');
  const connection = await connect(`ws://127.0.0.1:${port}/`);
  await Promise.all(clusters.map((cluster) => cluster.subscribed()));
  await clusters[0].broadcast('to all');
  const [message] = await once(connection, 'message');
  assert.equal(message.text(), 'to all');
  await Promise.all([first, second, ...clusters].map((each) => each.close()));
}

async function useFace({ WebSocket, WebSocketServer }) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
  await once(server, 'listening');
  const socket = new WebSocket(`ws://127.0.0.1:${server.address().port}`);
  await once(socket, 'open');
  socket.send(Buffer.from('echo'));
  const [data, isBinary] = await once(socket, 'message');
  assert.deepEqual([data.toString(), isBinary], ['echo', true]);
  socket.close();
  await once(socket, 'close');
  server.close();
}

async function useServer({ SokkerServer }, { connect }, { permessageDeflate }) {
  const server = new SokkerServer({ extensions: [permessageDeflate()] });
  server.on('message', (message, connection) =>
    connection.send(message.type === 'text' ? message.text() : message.data),
  );
  const { port } = await server.listen(0, '127.0.0.1');
  const connection = await connect(`ws://127.0.0.1:${port}/`, { extensions: [permessageDeflate()] });
  assert.deepEqual(connection.extensions, ['permessage-deflate']);
  for (const data of ['short', 'long '.repeat(10_000), Buffer.alloc(100_000, 7)]) {
    connection.send(data);
    const [echo] = await once(connection, 'message');
    assert.deepEqual(typeof data === 'string' ? echo.text() : echo.data, data);
  }
  const record = await connection.close(3001, 'done');
  assert.deepEqual([record.code, record.clean], [3001, true]);
  await server.close();
}
