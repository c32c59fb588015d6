import { flushThisTurn } from '../src/turn.js';

const target = (name: string, log: string[], then: () => void = () => undefined): { flush(): void } => ({
  flush: () => {
    log.push(name);
    then();
  },
});

test('after the code of this turn, in order, once for each call', async () => {
  const log: string[] = [];
  flushThisTurn(target('a', log));
  flushThisTurn(target('b', log));
  log.push('this turn');
  await Promise.resolve();
  log.push('a microtask');
  await new Promise((resolve) => process.nextTick(resolve));
  expect(log).toEqual(['this turn', 'a microtask', 'a', 'b']);
});

test('what asks while others are served comes in the next round', async () => {
  const log: string[] = [];
  flushThisTurn(target('a', log, () => flushThisTurn(target('c', log))));
  flushThisTurn(target('b', log));
  await new Promise(setImmediate);
  expect(log).toEqual(['a', 'b', 'c']);
});
