import { PassThrough } from 'node:stream';
import { chunkings, FaultyDuplex, fixtures, judgeFrames, pair, runFrameFixtures } from '../src/index.js';

const run = (options: unknown) => () =>
  runFrameFixtures({ create: () => ({ push: () => undefined }) }, test, [], options as object);
const judge = (options: unknown) => () => {
  const [fixture] = fixtures.header.fixtures;
  if (fixture === undefined) throw new Error('no fixture');
  const observation = { events: [], closeCode: null, code: null, failedFrom: null };
  judgeFrames(fixture, observation, options as Parameters<typeof judgeFrames>[2]);
};
const cut = (options: object) => () => chunkings(Buffer.alloc(2), options).next();
const connect = (options: object) => () => pair(options);
const wrap = (options: object) => () => new FaultyDuplex(new PassThrough(), options);

test.each([
  ['an unknown key', cut({ maxSplit: 1 }), "chunkings has no option 'maxSplit'"],
  ['a key of every object', connect({ constructor: 1 }), "pair has no option 'constructor'"],
  ['a negative number', cut({ randomCuts: -1 }), 'randomCuts must be an integer from 0'],
  ['a fraction', wrap({ maxPieceBytes: 1.5 }), 'maxPieceBytes must be an integer from 1'],
  ['NaN', cut({ seed: NaN }), 'seed must be an integer from 0 to 4294967295'],
  ['a string for a number', connect({ highWaterMarkBytes: '16' }), 'highWaterMarkBytes must be an integer'],
  ['Infinity where a number is needed', connect({ highWaterMarkBytes: Infinity }), 'highWaterMarkBytes must be'],
  ['a flag for an object of flags', judge(true), 'judgeFrames takes an object, not true'],
  ['nothing for an object of flags', judge(null), 'judgeFrames takes an object, not null'],
  ['a flag for the options of a runner', run(true), 'runFrameFixtures takes an object, not true'],
  ['a misspelt flag', judge({ lat: true }), "judgeFrames has no option 'lat'"],
  ['a number for a flag', run({ codes: 1 }), 'codes must be true or false, not 1'],
  [
    'a call of another kind',
    wrap({ fail: { on: 'flush', call: 1 } }),
    "fail must be { on: 'read' | 'write' | 'end', call",
  ],
  ['the call before the first', wrap({ fail: { on: 'read', call: 0 } }), 'call: 1 or more'],
  ['no call', wrap({ fail: { on: 'end' } }), 'call: 1 or more'],
  ['a failure that is no Error', wrap({ fail: { on: 'end', call: 1, error: 'EPIPE' } }), 'error?: an Error }'],
  ['a misspelt key of a failure', wrap({ fail: { on: 'end', call: 1, err: new Error() } }), 'error?: an Error }'],
  ['a failure in words', wrap({ fail: 'write' }), "error?: an Error }, not 'write'"],
  ['a delay that is no function', wrap({ delay: 5 }), 'delay must be a function'],
])('%s is refused', (_what, call, message) => {
  expect(call).toThrow(message);
  expect(call).toThrow(expect.objectContaining({ name: 'UsageError', code: 'ERR_SOKKER_OPTION' }) as Error);
});

test('undefined counts as left out, Infinity as no limit', () => {
  expect(() => pair({ highWaterMarkBytes: undefined, allowHalfOpen: undefined })).not.toThrow();
  expect([...chunkings(Buffer.alloc(600), { maxSplits: Infinity })]).toHaveLength(599 + 4);
});
