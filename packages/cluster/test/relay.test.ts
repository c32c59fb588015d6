import { relayWorkers } from '@sokker/cluster';
import { cluster, FakeWorker } from './fake-worker.js';

const code = (expected: string): unknown => expect.objectContaining({ code: expected });

const ours = (say: string, port: number, rest = {}): unknown => ({ sokkerCluster: 1, say, port, ...rest });
const done = (id: number, port = 1): unknown => ours('done', port, { id });
const subscribe = (id: number, port = 1): unknown => ours('subscribe', port, { channel: 'a', id });
const publish = (message: string, port = 1): unknown => ours('publish', port, { channel: 'a', message });
const carried = (message: string, port = 1): unknown => ours('message', port, { channel: 'a', message });

let undo: () => void;
afterEach(() => {
  undo();
  expect(cluster.eventNames()).toEqual([]);
});

test('of what a worker does not read it keeps maxWaitingBytes and a message; then there is a gap', () => {
  // Each counts for its 8 bytes, one of the channel, and 1 KiB.
  undo = relayWorkers({ maxWaitingBytes: 2000 });
  const [speaker, reader] = [new FakeWorker(), new FakeWorker()];
  reader.say(subscribe(7));
  reader.read();
  for (const message of ['12345678', '90123456', 'lost', 'lost']) speaker.say(publish(message));
  expect(reader.sent).toEqual([done(7), carried('12345678'), carried('90123456')]);
  reader.read(1);
  expect(reader.sent).toHaveLength(3);
  reader.read(1);
  expect(reader.sent.slice(3)).toEqual([ours('gap', 1)]);
  speaker.say(publish('x'));
  expect(reader.sent.slice(4)).toEqual([carried('x')]);
});

test('a gap is told as soon as half of it is read, though more comes all the time', () => {
  undo = relayWorkers({ maxWaitingBytes: 4000 });
  const [speaker, reader] = [new FakeWorker(), new FakeWorker()];
  reader.say(subscribe(1));
  reader.read();
  for (let count = 0; count < 6; count++) speaker.say(publish('x'));
  expect(reader.sent).toHaveLength(5);
  reader.read(2);
  expect(reader.sent).toHaveLength(5);
  reader.read(1);
  expect(reader.sent.slice(5)).toEqual([ours('gap', 1)]);
});

test('backplanes of one worker are apart: what one says the other hears, and each leaves by itself', () => {
  undo = relayWorkers();
  const worker = new FakeWorker();
  worker.say(subscribe(1, 1));
  worker.say(subscribe(1, 2));
  worker.say(publish('x', 1));
  expect(worker.sent).toEqual([done(1, 1), done(1, 2), carried('x', 2)]);
  worker.say(ours('unsubscribe', 2, { channel: 'a', id: 2 }));
  worker.say(publish('y', 1));
  worker.say(publish('z', 2));
  worker.say(ours('close', 1));
  worker.say(publish('nobody', 2));
  expect(worker.sent.slice(3)).toEqual([done(2, 2), carried('z', 1)]);
});

test('forgets a worker that is gone, and passes over what the application says', () => {
  undo = relayWorkers();
  const [speaker, reader] = [new FakeWorker(), new FakeWorker()];
  reader.say(subscribe(1));
  for (const message of [
    ours('publish', 1, { channel: 'a' }),
    ours('subscribe', 1),
    ours('later', 1),
    null,
    'sokker',
    { type: 'mine' },
    { sokkerCluster: 2, say: 'unsubscribe', port: 1, channel: 'a', id: 2 },
  ])
    reader.say(message);
  cluster.emit('disconnect', reader);
  cluster.emit('disconnect', new FakeWorker());
  speaker.say(publish('x'));
  expect([reader.sent, speaker.sent]).toEqual([[done(1)], []]);
});

test('is for the primary, once, and its options are checked', () => {
  undo = relayWorkers();
  expect(() => relayWorkers()).toThrow(code('ERR_SOKKER_ARGUMENT') as Error);
  undo();
  expect(() => relayWorkers({ maxWaitingBytes: 0 })).toThrow(code('ERR_SOKKER_OPTION') as Error);
  cluster.isPrimary = false;
  expect(() => relayWorkers()).toThrow(code('ERR_SOKKER_ARGUMENT') as Error);
  cluster.isPrimary = true;
});
