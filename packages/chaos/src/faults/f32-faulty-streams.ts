/** F32: streams that pass on short pieces, late, and break at every call: every frame fixture through a connection. */
import { Connection, type CloseRecord } from '@sokker/connection';
import { permessageDeflate } from '@sokker/deflate';
import type { MessageCoder } from '@sokker/frame';
import { parseExtensions } from '@sokker/handshake';
import { bytesOf, FaultyDuplex, fixtures, hexOf, judgeFrames, pair, type FrameFixture } from '@sokker/testkit';
import { fault } from '../stage.js';

/** Every one that a whole connection can run: limits on single frames are the decoder's alone. */
const FIXTURES: readonly FrameFixture[] = [
  ...fixtures.header.fixtures,
  ...fixtures.closePayload.fixtures,
  ...fixtures.fragmentation.fixtures,
  ...fixtures.utf8.fixtures,
  ...fixtures.deflate.fixtures,
].filter(({ limits }) => limits.maxFramePayloadBytes === undefined);

const TAKEOVER = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};
/** Fixtures of this size or less are also broken at every call. */
const SMALL_BYTES = 64;
const QUIET_TURNS = 12;

type Faults = ConstructorParameters<typeof FaultyDuplex>[1];

function coderFor({ role, extensions: [agreed] }: FrameFixture): MessageCoder | undefined {
  const [entry] = agreed === undefined ? [] : parseExtensions(agreed);
  if (entry === undefined) return undefined;
  const extension = permessageDeflate(TAKEOVER);
  return role === 'client' ? extension.confirm(entry.parameters) : extension.accept([entry.parameters])?.session;
}

interface Outcome {
  readonly events: readonly string[];
  readonly records: readonly CloseRecord[];
  readonly errors: readonly unknown[];
  /** Events after the close. */
  readonly late: number;
  /** Whether the stream broke, as it was told to. */
  readonly broke: boolean;
  /** Whether the connection ended without being told to. */
  readonly ended: boolean;
}

/** Plays a fixture through a connection over a stream with faults; the peer ends where the bytes do. */
async function play(fixture: FrameFixture, faults: Faults): Promise<Outcome> {
  const [near, far] = pair();
  const { role, limits } = fixture;
  const { maxMessageBytes, maxFragments } = limits;
  const options = {
    role,
    ...(maxMessageBytes !== undefined && { maxMessageBytes }),
    ...(maxFragments !== undefined && { maxFragments }),
  };
  const duplex = new FaultyDuplex(near, faults);
  const connection = new Connection(duplex, options, { coder: coderFor(fixture) });
  const outcome = { events: [] as string[], records: [] as CloseRecord[], errors: [] as unknown[], late: 0 };
  const note = (line: string): void => {
    if (outcome.records.length > 0) outcome.late++;
    outcome.events.push(line);
  };
  connection.on('message', ({ type, data }) => note(`${type} ${hexOf(data)}`));
  connection.on('ping', (data) => note(`ping ${hexOf(data)}`));
  connection.on('pong', (data) => note(`pong ${hexOf(data)}`));
  connection.on('error', (error) => outcome.errors.push(error));
  connection.on('close', (record) => outcome.records.push(record));
  far.on('error', () => {});
  far.resume();
  far.write(bytesOf(fixture.hex));
  await quiet(() => outcome.events.length + outcome.errors.length + connection.retainedBytes);
  if (connection.state === 'closing' || connection.state === 'open') far.end();
  await quiet(() => outcome.records.length);
  const ended = outcome.records.length > 0;
  connection.terminate();
  await quiet(() => outcome.records.length);
  return { ...outcome, broke: duplex.errored === faults?.fail?.error, ended };
}

/** Waits until nothing has changed for some turns. */
async function quiet(look: () => number): Promise<void> {
  let before = look();
  for (let still = 0; still < QUIET_TURNS; still++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (look() !== before) still = 0;
    before = look();
  }
}

/** The first error that carries a close code is what the decoder found; those of the transport are none. */
function isRight(fixture: FrameFixture, { events, records, errors }: Outcome): boolean {
  const failure = errors.find((error) => (error as { section?: string }).section !== undefined) as
    { closeCode: number } | undefined;
  const [record] = records;
  const said =
    record !== undefined && failure === undefined && record.code !== 1006
      ? [`close ${record.code} ${JSON.stringify(record.reason)}`]
      : [];
  const closeCode = failure?.closeCode ?? null;
  return judgeFrames(fixture, { events: [...events, ...said], closeCode, code: null, failedFrom: null }).length === 0;
}

const actors = {
  subject: () => ({
    /** How many fixtures go as they should over short and late pieces; ids of those that do not. */
    short: async (seed: number, every: number) => {
      const wrong: string[] = [];
      let played = 0;
      for (const [at, fixture] of FIXTURES.entries()) {
        if (at % every !== 0) continue;
        played++;
        const outcome = await play(fixture, { seed: seed + at, maxPieceBytes: 1 + (at % 7), delay: setImmediate });
        if (!isRight(fixture, outcome)) wrong.push(fixture.id);
      }
      return { played, wrong };
    },
    /** Breaks the stream at every call that there is: each time one close event by itself, the last of all. */
    broken: async (every: number) => {
      const broke = { read: 0, write: 0, end: 0 };
      let wrong = 0;
      const small = FIXTURES.filter(({ hex }, at) => at % every === 0 && hex.length / 2 <= SMALL_BYTES);
      const breaks = (['read', 'write', 'end'] as const).flatMap((on) => [1, 2, 3].map((call) => ({ on, call })));
      for (const fixture of small) {
        for (const fail of breaks) {
          const error = new Error('broken on purpose');
          const { records, late, ended, ...outcome } = await play(fixture, {
            maxPieceBytes: 4,
            fail: { ...fail, error },
          });
          if (!outcome.broke) continue;
          broke[fail.on]++;
          if (!ended || records.length !== 1 || late > 0) wrong++;
        }
      }
      return { fixtures: small.length, broke, wrong };
    },
  }),
};

export const F32 = fault({
  id: 'F32',
  title: 'streams that break anywhere',
  actors,
  async run(stage) {
    const subject = await stage.start('subject', undefined);
    const { played, wrong } = await subject.call.short(stage.seed, stage.scale(1, 4));
    for (const id of wrong.slice(0, 5)) stage.note(`wrong: ${id}`);
    stage.expect({
      asserted: `${played} frame fixtures in short and late pieces: as they should be`,
      figure: played - wrong.length,
      equals: played,
    });
    const { fixtures: small, broke, wrong: unclosed } = await subject.call.broken(stage.scale(2, 40));
    stage.expect({
      asserted: `${small} small ones over streams that break: breaks at a read, a write, the end, the fewest of them`,
      figure: Math.min(broke.read, broke.write, broke.end),
      atLeast: small,
      beside: `${broke.read}, ${broke.write}, ${broke.end}`,
    });
    stage.expect({
      asserted: 'breaks after which not one close came by itself, or not last',
      figure: unclosed,
      equals: 0,
    });
  },
});
