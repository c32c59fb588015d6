import { fixtures, bytesOf } from '@sokker/testkit';
import { MAX_INPUT_BYTES, mutateBytes } from '../src/mutate/bytes.js';
import { mutateFrames } from '../src/mutate/frames.js';
import { packMessages, unpackMessages } from '../src/mutate/messages.js';
import { isWhole, readWire, wireFrame, writeWire } from '../src/mutate/wire.js';
import { Random } from '../src/random.js';
import { readScript, writeScript } from '../src/targets/closing-script.js';
import { targets } from '../src/targets/index.js';

test('the naive reader and writer of frames give back every fixture as it was', () => {
  const { header, closePayload, fragmentation, utf8, deflate } = fixtures;
  for (const { fixtures: list } of [header, closePayload, fragmentation, utf8, deflate]) {
    for (const { hex, id } of list) {
      const wire = bytesOf(hex);
      expect([id, writeWire(readWire(wire)).equals(wire)]).toEqual([id, true]);
    }
  }
});

test('the naive reader unmasks, and tells a whole frame from a cut one', () => {
  const wire = Buffer.from('818537fa213d7f9f4d5158' + '820561', 'hex');
  const [hello, cut] = readWire(wire).frames;
  expect(hello).toMatchObject({ byte0: 0x81, masked: true, form: 0, low: 5, key: 0x37fa213d });
  expect([hello?.payload.toString(), isWhole(hello!), isWhole(cut!)]).toEqual(['Hello', true, false]);
  expect(wireFrame(0x82, Buffer.alloc(65536), undefined)).toMatchObject({ form: 8, low: 65536, high: 0 });
});

test('messages and scripts are written as they are read', () => {
  const messages = [Buffer.alloc(0), Buffer.from('a'), Buffer.alloc(300, 'b')];
  expect(unpackMessages(packMessages(Buffer.of(1, 2), messages), 2)).toEqual(messages);
  const steps = [{ kind: 'send', argument: Buffer.from('hi') } as const, { kind: 'stall', argument: Buffer.alloc(0) } as const]; // prettier-ignore
  expect(readScript(writeScript(Buffer.of(0, 1), steps), 2)).toEqual(steps);
});

test('mutants keep the settings and the bound on their size, and leave their parents alone', () => {
  const random = new Random(11);
  const parent = Buffer.concat([Buffer.from('SET'), Buffer.from('818537fa213d7f9f4d5158', 'hex')]);
  const before = Buffer.from(parent);
  for (let i = 0; i < 3000; i++) {
    for (const child of [mutateBytes(parent, parent, 3, random), mutateFrames(parent, parent, 3, random)]) {
      expect(child.length).toBeLessThanOrEqual(MAX_INPUT_BYTES);
      expect(child.toString('latin1', 0, 3)).toBe('SET');
    }
  }
  expect(parent.equals(before)).toBe(true);
});

test.each(targets.map((target) => [target.name, target] as const))('%s: a chain of mutants', (_, target) => {
  const random = new Random(5);
  const seeds = target.seeds();
  expect(seeds.length).toBeGreaterThan(5);
  let input = random.pick(seeds);
  for (let i = 0; i < 500; i++) {
    input = target.mutate(input, random.pick(seeds), random);
    expect(input.length).toBeGreaterThanOrEqual(target.settingsBytes);
    expect(input.length).toBeLessThanOrEqual(MAX_INPUT_BYTES);
  }
});
