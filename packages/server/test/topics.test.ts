import { next, rigs } from './rig.js';

const start = rigs();

test('a topic reaches those who joined, less those left out, and counts', async () => {
  const rig = await start();
  const [[a, first], [, second], [c, third]] = [await rig.open(), await rig.open(), await rig.open()];
  for (const connection of [first, second, third]) connection.join('news');
  second.leave('news');
  expect(rig.server.topic('news').size).toBe(2);
  expect([...first.topics]).toEqual(['news']);
  expect(rig.server.broadcast('x', { to: 'news', except: first })).toEqual({ sent: 1, slow: 0, dropped: 0 });
  expect((await c.frame()).payload.toString()).toBe('x');
  expect(rig.server.broadcast('y', { to: 'nothing' })).toEqual({ sent: 0, slow: 0, dropped: 0 });
  expect(rig.server.broadcast('z', { to: [first, third], except: [third] }).sent).toBe(1);
  expect((await a.frame()).payload.toString()).toBe('z');
});

test('those in one topic are left out of another, or of all', async () => {
  const rig = await start();
  const [[a, first], [b, second], [, third]] = [await rig.open(), await rig.open(), await rig.open()];
  for (const connection of [first, second]) connection.join('room');
  for (const connection of [second, third]) connection.join('tabs of one user');
  expect(rig.server.broadcast('x', { to: 'room', except: 'tabs of one user' }).sent).toBe(1);
  expect(rig.server.broadcast('y', { except: 'tabs of one user' }).sent).toBe(1);
  expect(rig.server.broadcast('z', { to: 'room', except: 'nobody is in this one' }).sent).toBe(2);
  for (const text of ['x', 'y', 'z']) expect((await a.frame()).payload.toString()).toBe(text);
  expect((await b.frame()).payload.toString()).toBe('z');
});

test('who has gone has left, and joins nothing more', async () => {
  const rig = await start();
  const [wire, connection] = await rig.open();
  connection.join('__proto__');
  const view = rig.server.topic('__proto__');
  expect(rig.server.metrics().topics).toBe(1);
  wire.socket.destroy();
  await next(rig.server, 'close');
  expect([view.size, rig.server.metrics().topics]).toEqual([0, 0]);
  connection.join('a');
  expect(rig.server.topic('a').size).toBe(0);
});

test('who hears of the end still sees the topics it was in, so that the others there can be told', async () => {
  const rig = await start();
  const [wire, connection] = await rig.open();
  for (const topic of ['a', 'b', 'c']) connection.join(topic);
  connection.leave('b');
  let found: unknown;
  const closed = next(rig.server, 'close');
  rig.server.on('close', (_, { topics }) => (found = [[...topics], rig.server.metrics().topics]));
  wire.socket.destroy();
  await closed;
  expect(found).toEqual([['a', 'c'], 0]);
});

test('whoever joins, leaves or closes while a broadcast is under way does not disturb it', async () => {
  const rig = await start({ maxBufferedBytes: 1, highWaterMarkBytes: 1, onSlow: 'signal' });
  const connections = [];
  for (let count = 0; count < 3; count++) connections.push((await rig.open())[1]);
  for (const connection of connections) {
    connection.join('t');
    connection.send('fills');
  }
  rig.server.on('slow', (_, connection) => {
    connection.leave('t');
    connection.join('t');
  });
  expect(rig.server.broadcast('x', { to: 't' })).toEqual({ sent: 3, slow: 3, dropped: 0 });
});

test('the server tells when a topic gets its first and loses its last, and which there are', async () => {
  const rig = await start();
  const [[wire, first], [, second]] = [await rig.open(), await rig.open()];
  const told: unknown[] = [];
  for (const name of ['occupied', 'vacated'] as const) {
    rig.server.on(name, (topic) => told.push([name, topic, [...rig.server.topics]]));
  }
  first.join('a');
  first.join('a');
  second.join('a');
  second.join('b');
  first.leave('a');
  first.leave('a');
  second.leave('a');
  second.leave('never');
  first.join('c');
  const closed = next(rig.server, 'close');
  wire.socket.destroy();
  await closed;
  expect(told).toEqual([
    ['occupied', 'a', ['a']],
    ['occupied', 'b', ['a', 'b']],
    ['vacated', 'a', ['b']],
    ['occupied', 'c', ['b', 'c']],
    ['vacated', 'c', ['b']],
  ]);
});

test('a listener that throws when a topic is occupied reaches error, and the connection has joined', async () => {
  const rig = await start();
  const [, connection] = await rig.open();
  const fault = new Error('mine');
  rig.server.on('occupied', () => {
    throw fault;
  });
  const failed = next(rig.server, 'error');
  connection.join('a');
  expect(await failed).toEqual([fault, undefined]);
  expect([rig.server.topic('a').has(connection), connection.state]).toEqual([true, 'open']);
});
