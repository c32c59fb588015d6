import { Duplex } from 'node:stream';

/** Two ends of one connection, in memory. */
export function duplexPair(): [Duplex, Duplex] {
  const ends: Duplex[] = [];
  for (const other of [1, 0]) {
    ends.push(
      new Duplex({
        read() {},
        write(chunk, _encoding, callback) {
          ends[other]!.push(chunk);
          callback();
        },
        final(callback) {
          ends[other]!.push(null);
          callback();
        },
      }),
    );
  }
  return [ends[0]!, ends[1]!];
}
