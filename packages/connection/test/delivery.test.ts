import { Opcode, type Message } from '@sokker/frame';
import type { CloseRecord, Connection, ConnectionOwner, MessageStream } from '../src/index.js';
import { scene, settled } from './scene.js';

class Owner implements ConnectionOwner {
  takes = true;
  readonly log: string[] = [];
  readonly seen = new Set<Connection>();

  takesMessages(connection: Connection): boolean {
    this.seen.add(connection);
    return this.takes;
  }

  onMessage(message: Message): void {
    this.log.push(`message ${message.text()}`);
  }

  onStream(message: MessageStream): void {
    this.log.push(`stream ${message.type}`);
    message.body.resume();
  }

  onRead(): void {
    this.log.push('read');
  }

  onClose(record: CloseRecord): void {
    this.log.push(`close ${record.code}`);
  }

  onError(error: Error): void {
    this.log.push(`error ${error.message}`);
  }
}

test('an owner hears everything, beside the listeners of the connection', async () => {
  const owner = new Owner();
  const it = scene({ owner }).record();
  it.text('a');
  await settled();
  it.connection.fail(new Error('enough'));
  it.sendClose(1011);
  it.far.end();
  await settled();
  expect(owner.log).toEqual(['message a', 'read', 'error enough', 'read', 'close 1011']);
  expect(it.log).toEqual(['text a', 'error enough', 'close']);
  expect([...owner.seen]).toEqual([it.connection]);
});

test('an owner hears of streams', async () => {
  const owner = new Owner();
  const it = scene({ owner, receive: 'stream' });
  it.text('a');
  it.text('b');
  await settled();
  expect(owner.log.filter((line) => line.startsWith('stream'))).toEqual(['stream text', 'stream text']);
});

test('an owner that takes no messages now gets the one that waited when it says so', async () => {
  const owner = new Owner();
  owner.takes = false;
  const it = scene({ owner });
  it.text('a');
  it.text('b');
  await settled();
  const untaken = owner.log.filter((line) => line.startsWith('message'));
  it.connection.deliver();
  await settled();
  expect([untaken, owner.log.filter((line) => line.startsWith('message'))]).toEqual([[], []]);
  owner.takes = true;
  it.connection.deliver();
  await settled();
  expect(owner.log.filter((line) => line.startsWith('message'))).toEqual(['message a', 'message b']);
});

test('a loop takes messages away from the owner', async () => {
  const owner = new Owner();
  const it = scene({ owner });
  const messages = it.connection[Symbol.asyncIterator]();
  it.text('a');
  const { value } = (await messages.next()) as { value: Message };
  expect(value.text()).toBe('a');
  expect(owner.log.filter((line) => line.startsWith('message'))).toEqual([]);
});

test('what an owner throws about a message fails the connection', async () => {
  const owner = new Owner();
  owner.onMessage = () => {
    throw new Error('fault');
  };
  const it = scene({ owner }).record();
  it.text('a');
  await settled();
  expect(it.sent()).toEqual(['close 1011']);
  expect(it.log).toEqual(['text a', 'error fault']);
});

test('`closed` is one promise, however often it is asked for', async () => {
  const it = scene();
  const { closed } = it.connection;
  expect(it.connection.closed).toBe(closed);
  expect(it.connection.close()).toBe(closed);
  it.sendClose(1000);
  it.far.end();
  expect(await closed).toBe(it.closed);
  const late = scene();
  late.connection.terminate();
  await settled();
  expect(await late.connection.closed).toBe(late.closed);
});

test('the context is the application’s', () => {
  const context = { user: 'Ada' };
  expect(scene({ session: { context, protocol: 'chat' } }).connection).toMatchObject({ context, protocol: 'chat' });
  expect(scene().connection).toMatchObject({ context: undefined, protocol: '', extensions: [] });
});

describe('messages that waited, when the listener that came ends the connection at the first', () => {
  test.each<[string, (it: ReturnType<typeof scene>) => void]>([
    ['terminates it', (it) => it.connection.terminate()],
    ['fails it', (it) => it.connection.fail(new Error('enough'))],
    [
      'throws',
      () => {
        throw new Error('enough');
      },
    ],
  ])('%s: it hears of no other', async (_, end) => {
    const it = scene();
    for (const text of ['a', 'b', 'c']) it.text(text);
    await settled();
    const heard: string[] = [];
    it.connection.on('error', () => undefined);
    it.connection.on('message', (message) => {
      heard.push(message.text());
      end(it);
    });
    await settled();
    expect(heard).toEqual(['a']);
  });
});

test('messages that wait for someone count as retained, with listeners and in loops', async () => {
  const it = scene();
  for (let i = 0; i < 3; i++) it.send(Opcode.binary, Buffer.alloc(1000));
  await settled();
  expect(it.connection.retainedBytes).toBeGreaterThan(3000);
  const loop = it.connection[Symbol.asyncIterator]();
  await settled();
  expect(it.connection.retainedBytes).toBeGreaterThan(3000);
  for (let i = 0; i < 3; i++) await loop.next();
  expect(it.connection.retainedBytes).toBe(0);
});

describe('messages that come after some that waited stay behind them', () => {
  test('from a loop that was left to a listener', async () => {
    const it = scene();
    const heard: string[] = [];
    const taken = (async () => {
      for await (const message of it.connection) {
        heard.push(message.text());
        break;
      }
      it.connection.on('message', (message) => heard.push(message.text()));
    })();
    it.far.write(Buffer.concat(['a', 'b', 'c', 'd'].map((text) => it.wire(Opcode.text, text))));
    await taken;
    await settled();
    expect(heard).toEqual(['a', 'b', 'c', 'd']);
  });

  test('where the listener comes between two of one chunk', async () => {
    const it = scene();
    const heard: string[] = [];
    it.connection.once('ping', () => it.connection.on('message', (message) => heard.push(message.text())));
    const frames = [
      it.wire(Opcode.text, 'a'),
      it.wire(Opcode.ping),
      it.wire(Opcode.text, 'b'),
      it.wire(Opcode.text, 'c'),
    ];
    it.far.write(Buffer.concat(frames));
    await settled();
    expect(heard).toEqual(['a', 'b', 'c']);
  });
});

test('an owner that throws at `onDrain` fails its connection alone', async () => {
  const owner = new Owner();
  Object.assign(owner, { onDrain: () => expect(1).toBe(2) });
  const it = scene({ owner, peerReads: false, wireBytes: 1, highWaterMarkBytes: 1 });
  it.connection.send('full');
  await settled();
  it.read();
  await settled();
  expect(it.sent()).toEqual(['text full', 'close 1011']);
});
