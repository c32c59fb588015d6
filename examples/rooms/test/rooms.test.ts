import { connect } from '@sokker/client';
import type { ServerConnection, SokkerServer } from '@sokker/server';
import { killRemaining, startExample } from '../../test/example-process.js';
import type { Event } from '../protocol.js';
import { createRooms } from '../rooms.js';
import { Visitor } from '../visitor.js';

const room = 'kitchen';

let server: SokkerServer<{ readonly who: number }>;
let url: string;
beforeEach(async () => {
  server = createRooms();
  const { port } = await server.listen(0, '127.0.0.1');
  url = `ws://127.0.0.1:${port}`;
});
afterEach(async () => {
  await server.close();
  killRemaining();
});

/** A visitor in the kitchen, and what it is told, one event after the other. */
async function visit(): Promise<{ readonly visitor: Visitor; next(): Promise<Event | undefined> }> {
  const visitor = await Visitor.enter(url);
  visitor.send({ type: 'enter', room });
  const events = visitor[Symbol.asyncIterator]();
  await events.next();
  return { visitor, next: async () => (await events.next()).value ?? undefined };
}

const FILLER = JSON.stringify({ type: 'said', room, who: 0, text: 'x'.repeat(64 * 1024) });

/** Sends until the operating system takes no more and the server's own limit is reached. */
async function fill(connection: ServerConnection): Promise<void> {
  const slow = { isTold: false };
  server.once('slow', () => (slow.isTold = true));
  while (!slow.isTold) {
    connection.send(FILLER);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('who is in a room sees the others come, point, speak and go', async () => {
  const [ada, bob] = [await visit(), await visit()];
  expect(await ada.next()).toEqual({ type: 'entered', room, who: 2 });
  bob.visitor.send({ type: 'point', room, x: 0.5, y: 1 });
  expect(await ada.next()).toEqual({ type: 'pointed', room, who: 2, x: 0.5, y: 1 });
  bob.visitor.send({ type: 'say', room, text: 'hello' });
  expect([await ada.next(), await bob.next()]).toEqual(Array(2).fill({ type: 'said', room, who: 2, text: 'hello' }));
  bob.visitor.connection.terminate();
  expect(await ada.next()).toEqual({ type: 'left', room, who: 2 });
});

test('rooms are apart, and who is not in one is not heard there', async () => {
  const [ada, bob] = [await visit(), await visit()];
  await ada.next();
  bob.visitor.send({ type: 'say', room: 'garden', text: 'nobody hears this' });
  bob.visitor.send({ type: 'leave', room });
  expect(await ada.next()).toEqual({ type: 'left', room, who: 2 });
  for (let count = 0; count < 9; count++) bob.visitor.send({ type: 'enter', room: `room-${count}` });
  expect(await bob.next()).toMatchObject({ type: 'left' });
  for (let count = 0; count < 8; count++) expect(await bob.next()).toMatchObject({ room: `room-${count}` });
  await bob.visitor.connection.ping();
  expect(server.metrics().topics).toBe(9);
});

test('whoever is behind is told the latest position of each, and what was said', async () => {
  const [ada, bob] = [await visit(), await visit()];
  await ada.next();
  ada.visitor.connection.pause();
  await fill([...server.topic(room)][0]!);
  for (let x = 1; x <= 100; x++) bob.visitor.send({ type: 'point', room, x, y: 0 });
  bob.visitor.send({ type: 'say', room, text: 'here' });
  await bob.next();
  ada.visitor.connection.resume();
  const told: unknown[] = [];
  while (told.length < 2) {
    const event = await ada.next();
    if (JSON.stringify(event) !== FILLER) told.push(event);
  }
  expect(told).toEqual([
    { type: 'pointed', room, who: 2, x: 100, y: 0 },
    { type: 'said', room, who: 2, text: 'here' },
  ]);
});

test.each([
  ['no JSON', 'hello', 1007],
  ['no room', '{"type":"enter"}', 1007],
  ['a room of another shape', '{"type":"enter","room":"../kitchen"}', 1007],
  ['no position', '{"type":"point","room":"kitchen","x":1}', 1007],
  ['a text too long', JSON.stringify({ type: 'say', room, text: 'x'.repeat(2001) }), 1007],
  ['another type', '{"type":"shout","room":"kitchen"}', 1007],
  ['null', 'null', 1007],
  ['bytes', Buffer.from('{"type":"enter","room":"kitchen"}'), 1003],
])('%s ends the connection', async (_name, message, code) => {
  const report = jest.spyOn(console, 'error').mockReturnValue();
  const { connection } = await Visitor.enter(url);
  connection.send(message);
  expect((await connection.closed).code).toBe(code);
  expect(report).toHaveBeenCalledTimes(1);
  report.mockRestore();
});

test('without the subprotocol nobody comes in', async () => {
  await expect(connect(url)).rejects.toMatchObject({ status: 400 });
});

test('as a program', async () => {
  const example = await startExample('examples/rooms/main.ts');
  const visitor = await Visitor.enter(`ws://localhost:${example.port}`);
  visitor.send({ type: 'enter', room });
  for await (const event of visitor) {
    expect(event).toEqual({ type: 'entered', room, who: 1 });
    break;
  }
  expect(await example.kill('SIGTERM')).toMatchObject({ status: 0, errors: '' });
});
