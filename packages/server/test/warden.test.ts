import { ManualClock } from '@sokker/testkit';
import type { ServerSettings } from '../src/options.js';
import { Recorder } from '../src/recorder.js';
import type { ServerConnection } from '../src/server-connection.js';
import { Warden } from '../src/warden.js';

const SETTINGS = {
  receive: 'whole',
  pingIntervalMs: Infinity,
  maxMissedPings: 2,
  idleTimeoutMs: Infinity,
  maxAgeMs: Infinity,
  messageTimeoutMs: Infinity,
  maxRetainedBytes: 10_000,
};

test('a connection that has ended is looked at no more', () => {
  const clock = new ManualClock();
  const warden = new Warden(SETTINGS as unknown as ServerSettings<unknown>, clock, new Recorder({}));
  let looks = 0;
  const holder = {
    get retainedBytes() {
      looks++;
      return 5000;
    },
  };
  const connection = holder as unknown as ServerConnection;
  const watch = warden.begin(connection);
  warden.note(connection, 5000);
  expect(warden.ledger.used).toBe(5000);
  warden.end(connection, watch);
  expect(warden.ledger.used).toBe(0);
  warden.ledger.settle();
  expect(looks).toBe(0);
});
