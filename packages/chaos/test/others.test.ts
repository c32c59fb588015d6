import { Echoes } from '../src/echoes.js';
import { compare, served, undisturbed, type Comparison, type Experience } from '../src/others.js';
import { judge, type Row } from '../src/verdict.js';

const OTHERS = 2;

/** The others as they fare in calm rounds, and in the rounds of an attack, one after the other. */
function faring(calm: Experience, ...attacked: readonly Experience[]): Promise<Comparison> {
  const next = [...attacked];
  const call = {
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(next.shift() ?? calm),
    experience: () => Promise.resolve(calm),
  };
  return compare({ call }, attacked.length, 0, () => Promise.resolve());
}

async function rows(...attacked: readonly Experience[]): Promise<readonly Row[]> {
  const compared = await faring(CALM, ...attacked);
  return [undisturbed(compared, 20), served(compared, OTHERS)].map((claim) => judge('F00', claim));
}

/** A round in which messages are sent at 0 ms, and come back after so long. */
function round(...tookMs: readonly number[]): Experience {
  const echoes = new Echoes();
  for (const message of tookMs.map(() => echoes.sent(0))) echoes.came(message, tookMs[message] ?? 0);
  return { ...echoes.end(5000), open: OTHERS };
}

const CALM = round(1, 2, 3);

/** A round in which `count` messages are sent at 0 ms and none comes back. */
function silence(count: number): Experience {
  const echoes = new Echoes();
  for (let sent = 0; sent < count; sent++) echoes.sent(0);
  return { ...echoes.end(5000), open: OTHERS };
}

test('rounds like the calm ones hold', async () => {
  expect((await rows(CALM, round(4, 5), CALM)).map(({ ok }) => ok)).toEqual([true, true]);
});

test.each([
  ['whose messages are not answered', silence(40)],
  ['in which nothing was sent', silence(0)],
])('attacks %s do not hold', async (_, attacked) => {
  expect((await rows(attacked, attacked, attacked))[0]?.ok).toBe(false);
});

test('most rounds decide: one that is slow is the machine, two are the attack', async () => {
  const slow = round(100, 200);
  expect((await rows(CALM, slow, CALM)).map(({ ok }) => ok)).toEqual([true, true]);
  expect((await rows(slow, CALM, slow)).map(({ ok }) => ok)).toEqual([false, true]);
});

test('a single round with an echo too few, or a connection, does not hold', async () => {
  const short = { ...CALM, missing: 1 };
  const thrownOut = { ...CALM, open: OTHERS - 1 };
  expect((await rows(CALM, short, CALM)).map(({ ok }) => ok)).toEqual([true, false]);
  expect((await rows(CALM, CALM, thrownOut)).map(({ ok }) => ok)).toEqual([true, false]);
});

test('an echo that does not come counts at its age, and comes too late for the round after', () => {
  const echoes = new Echoes();
  const [first, second] = [echoes.sent(0), echoes.sent(10)];
  echoes.came(first, 3);
  expect(echoes.missing).toBe(1);
  expect(echoes.end(1010)).toEqual({ echoes: 1, missing: 1, p99Ms: 1000 });
  echoes.came(second, 1011);
  expect(echoes.end(1020)).toEqual({ echoes: 0, missing: 0, p99Ms: NaN });
});
