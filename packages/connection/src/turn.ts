// Everything that is sent during one turn of the event loop leaves in one write per connection. One callback serves all
// connections of the turn: a broadcast to thousands schedules once.
import process from 'node:process';

/** Something with output to write at the end of the turn. */
export interface Flushable {
  flush(): void;
}

let waiting: Flushable[] = [];

/** Has `target.flush` called after the code that runs now, and the promises it settled, are through. */
export function flushThisTurn(target: Flushable): void {
  waiting.push(target);
  if (waiting.length === 1) process.nextTick(flushAll);
}

function flushAll(): void {
  const turn = waiting;
  waiting = [];
  for (const target of turn) target.flush();
}
