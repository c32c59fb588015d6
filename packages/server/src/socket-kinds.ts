// Hot path: a socket of Node copies its options by `{ ...options }` and then reads thirty of them. V8 remembers at such a
// place what kinds of objects came there, and up to four of them the V8 of Node.js 20 gives every copy a shape of its own,
// so that each of those reads is a search, and each shape stays until a full garbage collection. Beyond four it stops
// remembering, and all is well (packages/bench, rows "opened and closed"). Node.js 22 has no such trouble.
import { Socket } from 'node:net';
import { versions } from 'node:process';

/** More than V8 remembers. */
const KINDS = ['a', 'b', 'c', 'd', 'e'];
/** It begins to remember when the constructor has run about twenty times. */
const ROUNDS = 8;
/** The last V8 that is known to do so. */
const LAST_V8 = 11;

let isDone = Number.parseInt(versions.v8, 10) > LAST_V8;

/** Has V8 forget what kinds of options sockets have, once for each thread: forty sockets without a handle, gone at once. */
export function forgetSocketKinds(): void {
  if (isDone) return;
  isDone = true;
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of KINDS) new Socket({ [kind]: round }).destroy();
  }
}
