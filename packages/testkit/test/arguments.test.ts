import {
  compareClient,
  compareClosing,
  compareEncoder,
  compareFrames,
  compareHandshake,
  compareNegotiation,
  fixtures,
  type ClosingListener,
  type FrameSetup,
  UsageError,
} from '../src/index.js';

const [frame] = fixtures.header.fixtures.filter(({ expect: { events } }) => events.length > 0);
const [handshake] = fixtures.handshake.fixtures;
const [closing] = fixtures.closing.fixtures.filter(({ steps }) => steps.some((step) => 'sent' in step));
const [encoder] = fixtures.encoder.fixtures.filter(({ expect: wanted }) => wanted !== null);
const [refused] = fixtures.encoder.fixtures.filter(({ expect: wanted }) => wanted === null);
const [request] = fixtures.client.fixtures.filter(({ act }) => act === 'request');
const responses = fixtures.client.fixtures.filter(({ act }) => act === 'response');
const [opens, fails] = [true, false].map((opening) =>
  responses.find((fixture) => fixture.act === 'response' && fixture.expect.opens === opening),
);

type Compare = (implementation: never, fixture: never) => Promise<unknown>;

const quiet = (): undefined => undefined;
const endpoint = { receive: quiet, receiveEnd: quiet, receiveReset: quiet, close: quiet, send: quiet, ping: quiet, wait: quiet, ended: quiet }; // prettier-ignore
const NO_METHODS = /^what create returns must be an object with the methods .*, not undefined$/;
const bytes = (what: string, given = "'text'"): string => `${what} must be a Buffer or Uint8Array, not ${given}`;
const TYPES = "the type of an event must be 'text', 'binary', 'ping', 'pong'";
const LATE = /^emit was called while no push was under way/;
const TEXT = { type: 'text', data: Buffer.alloc(0) } as const;
/** An implementation swallows what its listeners throw, so the runner has to tell of it by itself. */
const swallowed = (call: () => void): undefined => {
  try {
    call();
  } catch {
    return undefined;
  }
};
const emitting = (event: unknown): object => ({
  create: ({ emit }: FrameSetup) => ({ push: () => swallowed(() => emit(event as never)) }),
});
const telling = (how: 'event' | 'closed', what: object): object => ({
  create: (_role: string, _ms: number, listener: ClosingListener) => {
    swallowed(() => listener[how](what as never));
    return { ...endpoint, written: () => Buffer.alloc(0) };
  },
});
test.each<[string, Compare, unknown, object, string | RegExp]>([
  ['frames: create returns nothing', compareFrames, frame, { create: quiet }, NO_METHODS],
  ['handshake: create returns nothing', compareHandshake, handshake, { create: quiet }, NO_METHODS],
  ['closing: create returns nothing', compareClosing, closing, { create: quiet }, NO_METHODS],
  ['client: create returns nothing', compareClient, opens, { create: quiet }, NO_METHODS],
  [
    'frames: create returns something else',
    compareFrames,
    frame,
    { create: () => ({ write: quiet }) },
    'what create returns must be an object with the methods push, not an object',
  ],
  [
    'frames: a string in an event',
    compareFrames,
    frame,
    { create: ({ emit }: FrameSetup) => ({ push: () => emit({ type: 'text', data: 'text' as never }) }) },
    bytes('the data of an event'),
  ],
  [
    'closing: a string in an event',
    compareClosing,
    closing,
    {
      create: (_role: string, _ms: number, listener: ClosingListener) =>
        listener.event({ type: 'ping', data: undefined as never }),
    },
    bytes('the data of an event', 'undefined'),
  ],
  ['frames: an event of no known type', compareFrames, frame, emitting({ type: 'message', data: Buffer.alloc(1) }), `${TYPES} or 'close', not 'message'`], // prettier-ignore
  ['frames: no event at all', compareFrames, frame, emitting(undefined), `${TYPES} or 'close', not undefined`],
  ['frames: a Close without a reason', compareFrames, frame, emitting({ type: 'close', code: 1000 }), 'the reason of a close event must be a string, not undefined'], // prettier-ignore
  ['frames: a Close without a code', compareFrames, frame, emitting({ type: 'close', reason: '' }), 'the code of a close event must be an integer, not undefined'], // prettier-ignore
  [
    'frames: an event before any bytes',
    compareFrames,
    frame,
    { create: ({ emit }: FrameSetup) => (emit(TEXT), { push: quiet }) },
    LATE,
  ],
  ['frames: an event while it is disposed of', compareFrames, frame, { create: ({ emit }: FrameSetup) => ({ push: quiet, dispose: () => swallowed(() => emit(TEXT)) }) }, LATE], // prettier-ignore
  ['closing: a Close in an event', compareClosing, closing, telling('event', { type: 'close', code: 1000, reason: '' }), `${TYPES.replace(", 'pong'", " or 'pong'")} (a Close is told of by closed), not 'close'`], // prettier-ignore
  ['closing: a record without a reason', compareClosing, closing, telling('closed', { code: 1000, clean: true }), 'the reason of a close event must be a string, not undefined'], // prettier-ignore
  ['closing: a record that is clean in words', compareClosing, closing, telling('closed', { code: 1000, reason: '', clean: 'yes' }), "clean of a close event must be true or false, not 'yes'"], // prettier-ignore
  ['closing: written in letters', compareClosing, closing, { create: () => ({ ...endpoint, written: () => 'text' }) }, bytes('what written returns')], // prettier-ignore
  ['handshake: written in letters', compareHandshake, handshake, { create: () => ({ push: quiet, frames: quiet, written: () => 'text' }) }, bytes('what written returns')], // prettier-ignore
  ['handshake: no frames', compareHandshake, handshake, { create: () => ({ push: quiet, frames: quiet, written: () => Buffer.alloc(0) }) }, bytes('what frames returns', 'undefined')], // prettier-ignore
  ['encoder: letters', compareEncoder, encoder, { encode: () => 'text' }, bytes('what encode returns')],
  ['encoder: letters where it should throw', compareEncoder, refused, { encode: () => 'text' }, bytes('what encode returns')], // prettier-ignore
  ['client: a request in letters', compareClient, request, { request: () => 'text' }, bytes('what request returns')],
  ['client: no frames', compareClient, opens, { create: () => ({ push: () => ({}), end: quiet }) }, bytes('frames', 'undefined')], // prettier-ignore
  ['client: no frames where it should fail', compareClient, fails, { create: () => ({ push: () => ({}), end: quiet }) }, bytes('frames', 'undefined')], // prettier-ignore
])('%s', async (_, compare, fixture, implementation, message) => {
  await expect(compare(implementation as never, fixture as never)).rejects.toMatchObject({
    name: 'UsageError',
    code: 'ERR_SOKKER_ARGUMENT',
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  });
});

const wrong = (): never => {
  throw new UsageError('ERR_SOKKER_ARGUMENT', 'the adapter is wrong');
};
const [unconfirmed] = fixtures.negotiation.fixtures.filter(
  ({ answer, expect: { accepts } }) => answer !== null && !accepts,
);
const [unasked] = fixtures.client.fixtures.filter((fixture) => fixture.act === 'request' && fixture.expect === null);
test.each<[string, Compare, unknown, object]>([
  ['encode', compareEncoder, refused, { encode: wrong }],
  ['confirm', compareNegotiation, unconfirmed, { confirm: wrong }],
  ['request', compareClient, unasked, { request: wrong }],
  ['push of a client', compareClient, fails, { create: () => ({ push: wrong, end: quiet }) }],
])('a UsageError of %s is no refusal', async (_, compare, fixture, implementation) => {
  await expect(compare(implementation as never, fixture as never)).rejects.toThrow('the adapter is wrong');
});

test('a Uint8Array is as good as a Buffer', async () => {
  const wanted = Buffer.from(encoder?.expect?.hex ?? '', 'hex');
  expect(await compareEncoder({ encode: () => new Uint8Array(wanted) as Buffer }, encoder as never)).toEqual([]);
});

test('an event after push has settled is thrown back to the adapter', async () => {
  const thrown = new Promise<void>((_resolve, reject) => {
    const tellLate = ({ emit }: FrameSetup): Promise<void> => Promise.resolve().then(() => emit(TEXT));
    const push = (setup: FrameSetup): void => void setImmediate(() => void tellLate(setup).catch(reject));
    void compareFrames({ create: (setup) => ({ push: () => push(setup) }) }, frame as never);
  });
  await expect(thrown).rejects.toMatchObject({ name: 'UsageError', message: expect.stringMatching(LATE) as string });
});
