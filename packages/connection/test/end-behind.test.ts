/** Ends of a socket that arrive while what came before them is still to be taken. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { ManualClock, pair } from '@sokker/testkit';
import { Connection, ConnectionSettings, WebStreams } from '../src/index.js';
import { settled, until } from './scene.js';
import { sockets } from './sockets.js';

const TEXT = Buffer.from('81810000000061', 'hex');
const CLOSE = Buffer.from('88820000000003e8', 'hex');
const NOTHING = Buffer.alloc(0);

const texts = (count: number): Buffer => Buffer.concat(Array<Buffer>(count).fill(TEXT));

let near: Socket;
let far: Socket;
let letGo: () => Promise<void>;
/** No time passes: what waits for a timer never comes. */
let settings: ConnectionSettings;

beforeEach(async () => {
  ({ near, far, letGo } = await sockets());
  far.resume();
  settings = new ConnectionSettings({ role: 'server', clock: new ManualClock() });
});
afterEach(() => letGo());

/** Whether stages that went back are fit for use. */
async function nextHears(): Promise<boolean> {
  const [other, peer] = pair();
  const next = new Connection(other, settings);
  let heard = 0;
  next.on('message', () => heard++);
  peer.write(texts(1));
  await settled();
  return heard === 1;
}

test.each([
  ['an end', NOTHING, 1006],
  ['a Close and an end', CLOSE, 1000],
])('%s behind more messages than a turn takes: all are heard, and it closes', async (_, last, code) => {
  const connection = new Connection(near, settings);
  let heard = 0;
  connection.on('message', () => heard++);
  far.end(Buffer.concat([texts(1000), last]));
  expect(await connection.closed).toMatchObject({ code });
  expect(heard).toBe(1000);
  expect(await nextHears()).toBe(true);
});

test('behind more than a loop has taken: the loop ends with the last message', async () => {
  const connection = new Connection(near, settings);
  far.end(Buffer.concat([texts(4), CLOSE]));
  let heard = 0;
  for await (const message of connection) {
    expect(message.text()).toBe('a');
    heard++;
    if (heard === 1) await until(() => near.readableEnded);
    await settled();
  }
  expect(heard).toBe(4);
  expect(await connection.closed).toMatchObject({ code: 1000, clean: true });
  expect(await nextHears()).toBe(true);
});

test.each<[string, (connection: Connection) => void]>([
  ['terminate', (connection) => connection.terminate()],
  ['terminate with a reason', (connection) => connection.terminate(new Error('enough'))],
])('%s, where nobody took what came before the end: it closes at once', async (_, end) => {
  const connection = new Connection(near, settings);
  far.end(TEXT);
  await once(near, 'close');
  await settled();
  expect(connection.state).toBe('closing');
  end(connection);
  expect(await connection.closed).toMatchObject({ clean: false });
});

describe('a socket that Node ends with the peer’s side (allowHalfOpen: false): `close` waits for nothing', () => {
  function begin(): Connection {
    near.allowHalfOpen = false;
    far.end(Buffer.concat([texts(4), CLOSE]));
    return new Connection(near, settings);
  }
  const gone = async (): Promise<void> => {
    await until(() => near.closed);
    await settled();
  };

  test('called in a loop', async () => {
    const connection = begin();
    for await (const message of connection) {
      expect(message.text()).toBe('a');
      await gone();
      expect(connection.state).toBe('closing');
      expect(await connection.close(4000)).toMatchObject({ code: 1000, by: 'peer' });
      break;
    }
  });

  test('called by a listener that had paused', async () => {
    const connection = begin();
    let heard = 0;
    connection.once('message', () => connection.pause());
    connection.on('message', () => heard++);
    await gone();
    expect([connection.state, heard]).toEqual(['closing', 1]);
    expect(await connection.close(4000)).toMatchObject({ code: 1000, by: 'peer' });
    expect(heard).toBe(4);
  });

  test('called by the writer of Web streams', async () => {
    const { readable, writable } = new WebStreams(begin());
    const reader = readable.getReader();
    expect((await reader.read()).value).toBe('a');
    await gone();
    // Our Close could not be said: that was not in order.
    await expect(writable.close()).rejects.toMatchObject({ code: 'ERR_SOKKER_CONNECTION_LOST' });
  });
});

test('a Close behind a stream that has given nothing yet is still said to a peer that has ended', async () => {
  const connection = new Connection(near, settings);
  const read: Buffer[] = [];
  far.on('data', (chunk: Buffer) => read.push(chunk));
  const never = new Readable({ read: () => undefined });
  const sent = connection.sendStream(never).catch((error: unknown) => error);
  void connection.close(1001);
  const ended = once(far, 'end');
  far.end();
  await ended;
  expect(Buffer.concat(read).toString('hex')).toBe('880203e9');
  expect(await sent).toMatchObject({ code: 'ERR_SOKKER_CLOSED' });
});

test('the head of a socket that had ended is heard before the end', async () => {
  far.end();
  near.resume();
  await once(near, 'end');
  const connection = new Connection(near, settings, { head: Buffer.from(TEXT) });
  const heard: string[] = [];
  connection.on('message', (message) => heard.push(message.text()));
  expect(await connection.closed).toMatchObject({ code: 1006, by: 'peer' });
  expect(heard).toEqual(['a']);
});
