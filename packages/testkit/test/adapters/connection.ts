/** @sokker/connection over a pair in memory, with a clock of its own, as an endpoint of closing scripts. */
import { Connection } from '@sokker/connection';
import { ManualClock, pair, type ClosingImplementation } from '../../src/index.js';

export const connection: ClosingImplementation = {
  create(role, closeTimeoutMs, listener) {
    const [near, far] = pair();
    const clock = new ManualClock();
    const subject = new Connection(near, { role, closeTimeoutMs, clock });
    const written: Buffer[] = [];
    far.on('data', (chunk: Buffer) => written.push(chunk));
    far.on('error', () => undefined);
    subject.on('message', ({ type, data }) => listener.event({ type, data }));
    subject.on('ping', (data) => listener.event({ type: 'ping', data }));
    subject.on('pong', (data) => listener.event({ type: 'pong', data }));
    subject.on('close', (record) => listener.closed(record));
    return {
      receive: (bytes) => settled(() => far.writable && far.write(bytes)),
      receiveEnd: () => settled(() => far.end()),
      receiveReset: () => settled(() => far.resetAndDestroy()),
      close: (code, reason) => settled(() => void subject.close(code, reason)),
      send: (text) => settled(() => subject.send(text)),
      ping: (data) => settled(() => void subject.ping(data).catch(() => undefined)),
      wait: (milliseconds) => settled(() => clock.advance(milliseconds)),
      written: () => Buffer.concat(written),
      ended: () => near.writableEnded || near.destroyed,
      dispose: () => settled(() => subject.terminate()),
    };
  },
};

/** Does something, then waits until everything that follows from it without time going on has happened. */
async function settled(act: () => unknown): Promise<void> {
  act();
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}
