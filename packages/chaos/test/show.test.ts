import { Show } from '../src/show.js';
import { fault, type Fault } from '../src/stage.js';

async function verdicts(run: Fault['run']): Promise<readonly boolean[]> {
  const show = new Show({ script: '', short: true, seed: 1, note: () => {} });
  const rows = await show.play([fault({ id: 'F00', title: 'nothing', actors: {}, run })]);
  return rows.map(({ ok }) => ok);
}

test('what was asserted, and that nothing was left uncaught', async () => {
  const run: Fault['run'] = (stage) => Promise.resolve(stage.expect({ asserted: 'one', figure: 1, equals: 1 }));
  expect(await verdicts(run)).toEqual([true, true]);
});

test('a fault that asserts nothing does not hold', async () => {
  expect(await verdicts(() => Promise.resolve())).toContain(false);
});

test('a fault that breaks off does not hold', async () => {
  expect(await verdicts(() => Promise.reject(new Error('no nginx')))).toContain(false);
});
