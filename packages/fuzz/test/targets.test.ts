import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readCorpus } from '../src/corpus.js';
import { Random } from '../src/random.js';
import { targets } from '../src/targets/index.js';

const CORPUS = join(__dirname, '../corpus');
const SEED = 1;
const MUTANTS = 300;

test('there are eight', () => {
  expect(targets.map(({ name }) => name)).toEqual(['server-decode', 'client-decode', 'inflate', 'extension-header',
    'protocol-header', 'handshake-request', 'handshake-response', 'closing']); // prettier-ignore
});

describe.each(targets.map((target) => [target.name, target] as const))('%s', (name, target) => {
  test('every seed and every input of the corpus satisfies every oracle', async () => {
    expect(existsSync(CORPUS)).toBe(true);
    for (const input of [...target.seeds(), ...readCorpus(CORPUS, name)]) await target.execute(input);
  });

  test(`so do ${MUTANTS} mutants (seed ${SEED}), and each gives the same outcome again`, async () => {
    const random = new Random(SEED);
    const seeds = target.seeds();
    for (let i = 0; i < MUTANTS; i++) {
      const input = target.mutate(random.pick(seeds), random.pick(seeds), random);
      const outcome = await target.execute(input);
      expect(await target.execute(input)).toBe(outcome);
    }
  });

  test('an input can be described', () => {
    expect(target.describe?.(target.seeds()[0]!)).toEqual(expect.any(String));
  });
});
