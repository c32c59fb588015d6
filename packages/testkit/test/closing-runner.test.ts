import { compareClosing, fixtures, type ClosingFixture, type ClosingImplementation } from '../src/index.js';
import { connection } from './adapters/connection.js';

type CloseRecord = Parameters<Parameters<ClosingImplementation['create']>[2]['closed']>[0];

/** The peer closes; whoever is under test answers. */
const [peerCloses] = fixtures.closing.fixtures.filter(({ id }) => id === 'closing/peer/code-1000-server');

function fixture(reason: string): ClosingFixture {
  if (peerCloses === undefined) throw new Error('no fixture');
  const payload = Buffer.concat([Buffer.from([0x03, 0xe9]), Buffer.from(reason)]);
  // A masking key of zeros leaves the payload as it is.
  const receive = Buffer.concat([Buffer.from([0x88, 0x80 | payload.length, 0, 0, 0, 0]), payload]).toString('hex');
  const steps = [{ receive }, { sent: [{ type: 'close', code: 1001 }] }, { receiveEnd: true }] as const;
  return { ...peerCloses, steps, expect: { events: [], closed: { code: 1001, reason, clean: true } } };
}

/** An endpoint that answers as it should, and tells this of the close. */
function telling(record: CloseRecord): ClosingImplementation {
  const quiet = (): void => undefined;
  return {
    create(_role, _ms, listener) {
      const receiveEnd = (): void => listener.closed(record);
      const acts = { receive: quiet, receiveReset: quiet, close: quiet, send: quiet, ping: quiet, wait: quiet };
      return { ...acts, receiveEnd, written: () => Buffer.from('880203e9', 'hex'), ended: () => true };
    },
  };
}

const REASONS = [
  '',
  ' ',
  'bye',
  'going away',
  ' "going"  away ',
  'true',
  'line\nbreak',
  'line\u2028break',
  'closed 1 "" true',
];

test.each(REASONS)('the reason %j is compared as a whole', async (reason) => {
  const right = { code: 1001, reason, clean: true };
  expect(await compareClosing(connection, fixture(reason))).toEqual([]);
  expect(await compareClosing(telling(right), fixture(reason))).toEqual([]);
  expect(await compareClosing(telling({ ...right, code: 1000 }), fixture(reason))).toEqual([
    'closed with 1000, expected 1001',
  ]);
  expect(await compareClosing(telling({ ...right, clean: false }), fixture(reason))).toEqual(['clean is not true']);
  for (const other of [`${reason} `, `${reason} away`, `${reason}"`]) {
    expect(await compareClosing(telling({ ...right, reason: other }), fixture(reason))).toEqual([
      `closed with reason ${JSON.stringify(other)}`,
    ]);
  }
});

test('what a fixture does not judge may be anything', async () => {
  const { expect: wanted, ...rest } = fixture('going away');
  const loose = { ...rest, expect: { ...wanted, closed: { code: null, reason: null, clean: false } } };
  expect(await compareClosing(telling({ code: 1006, reason: 'gone for good', clean: false }), loose)).toEqual([]);
});
