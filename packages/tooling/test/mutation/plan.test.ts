import { chosenTasks, tasksOf } from '../../src/mutation/plan.js';
import { MemoryTree } from '../memory-tree.js';

const tree = new MemoryTree({
  'packages/frame/src/index.ts': '',
  'packages/frame/src/rules.ts': '',
  'packages/frame/src/web/stage-pair.ts': '',
  'packages/frame/test/rules.test.ts': '',
  'packages/frame/test/web/stage-pair.test.ts': '',
  'packages/frame/test/web/decoder-stream.test.ts': '',
  'packages/handshake/src/authority.ts': '',
  'packages/handshake/test/origin.test.ts': '',
  'packages/server/src/server.ts': '',
});

test.each([
  [
    'its own suite and the fixtures',
    'packages/frame/src/rules.ts',
    ['frame/test/rules.test', 'testkit/test/frame.mutation'],
  ],
  [
    'no fixtures where they do not reach',
    'packages/frame/src/web/stage-pair.ts',
    ['frame/test/web/stage-pair.test', 'frame/test/web/decoder-stream.test'],
  ],
  [
    'suites of others, where there are',
    'packages/handshake/src/authority.ts',
    ['handshake/test/origin.test', 'testkit/test/handshake.mutation'],
  ],
])('%s', (_, source, suites) => {
  const task = tasksOf(tree).find((each) => each.source === source);
  expect(task?.suites).toEqual(suites.map((name) => `packages/${name}.ts`));
});

test('other rooms and lists of exports are not mutated', () => {
  expect(tasksOf(tree).map(({ source }) => source)).toEqual([
    'packages/frame/src/rules.ts',
    'packages/frame/src/web/stage-pair.ts',
    'packages/handshake/src/authority.ts',
  ]);
});

test('parts of paths choose among them; one that no path has is an error, not a run of nothing', () => {
  const tasks = tasksOf(tree);
  const chosen = (...parts: string[]): string[] => chosenTasks(tasks, parts).map(({ source }) => source);
  expect(chosen()).toHaveLength(tasks.length);
  expect(chosen('frame/src/ru', 'author')).toEqual([
    'packages/frame/src/rules.ts',
    'packages/handshake/src/authority.ts',
  ]);
  expect(() => chosen('rules', '--help')).toThrow("'--help'");
});
