import { FragmenterStage } from '../src/fragmenter-stage.js';
import { wholeFrame, type FragmenterOptions, type Message } from '../src/index.js';
import { bufferBytes } from './memory.js';
import { thrown } from './wire.js';

test('what is written is asked for frame by frame', () => {
  const stage = new FragmenterStage({ fragmentBytes: 1 });
  expect(stage.next()).toBeUndefined();
  stage.write({ type: 'text', data: Buffer.from('ab') });
  const told = [stage.next(), stage.next(), stage.next()].map((frame) => frame && [frame.fin, String(frame.payload)]);
  expect(told).toEqual([[false, 'a'], [true, 'b'], undefined]);
  const ping = wholeFrame(true, 0, 9, Buffer.alloc(0));
  stage.write(ping);
  expect([stage.next(), stage.next()]).toEqual([ping, undefined]);
  stage.end();
});

test.each([1, Infinity])('a plain Uint8Array is viewed as a Buffer, in frames of %d bytes', (fragmentBytes) => {
  const stage = new FragmenterStage({ fragmentBytes });
  const data = new Uint8Array(Buffer.from('xaby')).subarray(1, 3);
  stage.write({ type: 'text', data: data as Buffer });
  const payloads: Buffer[] = [];
  for (let frame = stage.next(); frame !== undefined; frame = stage.next()) payloads.push(frame.payload);
  expect(Buffer.concat(payloads)).toEqual(Buffer.from('ab'));
  for (const payload of payloads) expect([Buffer.isBuffer(payload), payload.buffer]).toEqual([true, data.buffer]);
});

/** In a function of its own: what the test itself has at hand may live as long as it runs. */
function pass(stage: FragmenterStage, messageBytes: number): void {
  stage.write({ type: 'binary', data: Buffer.alloc(messageBytes) });
  while (stage.next() !== undefined);
}

test.each([1024 * 1024, Infinity])('a message that left in frames of %d bytes is kept by nobody', (fragmentBytes) => {
  const messageBytes = 8 * 1024 * 1024;
  const stage = new FragmenterStage({ fragmentBytes });
  const before = bufferBytes();
  pass(stage, messageBytes);
  expect(bufferBytes() - before).toBeLessThan(messageBytes);
  expect(stage.next()).toBeUndefined();
});

const NO_BYTES = 'the data of a message must be a Buffer or Uint8Array';

test.each<[unknown, string]>([
  [{ type: 'text', data: 'ab' }, NO_BYTES],
  [{ type: 'text' }, NO_BYTES],
  [Buffer.from('ab'), NO_BYTES],
  ['ab', "a message is an object: { type, data }, not 'ab'"],
  [undefined, 'a message is an object: { type, data }, not undefined'],
  [null, 'a message is an object: { type, data }, not null'],
])('%p is refused', (item, message) => {
  const write = (): void => new FragmenterStage().write(item as Message);
  expect(thrown(write)).toMatchObject({ name: 'UsageError', code: 'ERR_SOKKER_ARGUMENT', message });
});

test('an unknown option is refused', () => {
  expect(thrown(() => new FragmenterStage({ bytes: 1 } as FragmenterOptions))).toMatchObject({
    code: 'ERR_SOKKER_OPTION',
    message: "MessageFragmenter has no option 'bytes'",
  });
});
