/** Targets with known faults, for `--module`. */
import { mutateBytes } from '../src/mutate/bytes.js';
import { must, type Target } from '../src/target.js';

function target(name: string, execute: Target['execute']): Target {
  return {
    name,
    title: `planted: ${name}`,
    settingsBytes: 1,
    seeds: () => [Buffer.from('\x01a seed with some text in it, of which nothing matters'), Buffer.from('\x01BUG')],
    mutate: (parent, other, random) => mutateBytes(parent, other, 1, random),
    execute,
  };
}

export const sound = target('sound', (input) => input.length % 4);

/** Fails where B, U and G stand in this order, with anything between them. */
export const planted = target('planted', (input) => {
  const [b, u] = [input.indexOf('B'), input.lastIndexOf('U')];
  must(b < 0 || u < b || !input.includes('G', u), 'no bug', () => 'B, U and G in order');
  return input.length % 4;
});

/** Fails later, where nobody can catch it. */
export const stray = target('stray', async (input) => {
  if (input.length === 4) process.nextTick(() => void Promise.reject(new RangeError('nobody caught this')));
  await new Promise((resolve) => setImmediate(resolve));
  return 0;
});

/** The same, when the next input is at hand. */
export const later = target('later', async (input) => {
  const reject = (): void => void Promise.reject(new RangeError('nobody caught this'));
  if (input.toString('latin1', 1) === 'BUG') setImmediate(() => setImmediate(reject));
  await new Promise((resolve) => setImmediate(resolve));
  return 0;
});

/** The same of a target that never waits: what nobody catches comes when others get their turn. */
export const late = target('late', (input) => {
  if (input.toString('latin1', 1) === 'BUG') void Promise.reject(new RangeError('nobody caught this'));
  return input.length % 4;
});

/** Keeps more than it should. */
export const hoarding: Target = {
  ...target('hoarding', (input) => input.length % 4),
  probeMemory: () => must(false, 'retained memory', () => 'more than was counted'),
};

export const hanging = target('hanging', (input) => {
  while (input.includes('BUG')) continue;
  return 0;
});

export const targets = [sound, planted, stray, later, late, hoarding, hanging];
