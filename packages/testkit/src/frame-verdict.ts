/** Judges what a decoder did with a frame fixture, and registers the fixtures as tests. */
import { chunkings, type ChunkingOptions } from './chunkings.js';
import type { Expectation, FixtureBase, FrameFixture } from './fixture.js';
import { observeFrames, type FrameImplementation, type FrameObservation } from './frame-observation.js';
import { bytesOf } from './hex.js';
import { checkOptions, FRAME_RUN_OPTIONS } from './options.js';
import { eventLine } from './received-event.js';
import { registerFixtures, type TestFunction } from './runner.js';

/** How a decoder differs from a fixture. */
export type Deviation =
  | 'accepts' // nothing failed, something should have
  | 'refuses' // failed on legal bytes
  | 'events' // other events before the outcome
  | 'close code' // failed, with another code
  | 'late' // failed, but after `detectAt`
  | 'code'; // failed, with another ERR_SOKKER code

/** One difference, with a sentence for people. */
export interface Difference<Kind> {
  readonly deviation: Kind;
  readonly text: string;
}

/** How a decoder differs, and a sentence for people. */
export type Finding = Difference<Deviation>;

/** Options of {@link runFrameFixtures}. */
export interface FrameRunOptions {
  readonly chunking?: ChunkingOptions | undefined;
  /** Also compare the error's `code` with `sokker.code`; default `false`. */
  readonly codes?: boolean | undefined;
  /** Whether to fail later than at `detectAt` will do, as of a decoder that judges whole headers or messages; default `false`. */
  readonly late?: boolean | undefined;
}

/**
 * Registers one test per fixture; each runs whole, one byte at a time, split once at every offset, and at random cuts.
 * All must give the fixture's events and close code, and fail no later than at `detectAt` unless `late` allows it.
 * @throws UsageError `ERR_SOKKER_OPTION`
 */
export function runFrameFixtures(
  implementation: FrameImplementation,
  test: TestFunction,
  fixtures: readonly FrameFixture[],
  options: FrameRunOptions = {},
): void {
  checkOptions('runFrameFixtures', FRAME_RUN_OPTIONS, options);
  registerFixtures(fixtures, implementation, test, async (fixture) => {
    const problems: string[] = [];
    for (const { name, chunks } of chunkings(bytesOf(fixture.hex), options.chunking)) {
      const observation = await observeFrames(implementation, fixture, chunks);
      const findings = judgeFrames(fixture, observation, options);
      problems.push(...findings.map((finding) => `${name}: ${finding.text}`));
    }
    return problems;
  });
}

/** Bytes that are fed one at a time before the rest comes at once. */
const FINE_BYTES = 512;

/**
 * Judges a decoder on one fixture: what a table of differences is made from. The first 512 bytes come one at a time,
 * longer fixtures hold nothing but payload behind these.
 */
export async function compareFrames(
  implementation: FrameImplementation,
  fixture: FrameFixture,
): Promise<readonly Finding[]> {
  const bytes = bytesOf(fixture.hex);
  const chunks = Array.from(bytes.subarray(0, FINE_BYTES), (_, at) => bytes.subarray(at, at + 1));
  if (bytes.length > FINE_BYTES) chunks.push(bytes.subarray(FINE_BYTES));
  return judgeFrames(fixture, await observeFrames(implementation, fixture, chunks));
}

/**
 * What is wrong with an observation: nothing, if it fits the expectation or one of the alternatives.
 * @throws UsageError `ERR_SOKKER_OPTION`
 */
export function judgeFrames(
  fixture: FrameFixture,
  observation: FrameObservation,
  options: Omit<FrameRunOptions, 'chunking'> = {},
): readonly Finding[] {
  checkOptions('judgeFrames', FRAME_RUN_OPTIONS, options);
  const { codes = false, late = false } = options;
  const judge = (expect: Expectation): readonly Finding[] => {
    const findings = judgeExpectation(expect, observation);
    return late ? findings.filter(({ deviation }) => !isLate(deviation, fixture)) : findings;
  };
  const findings = judge(fixture.expect);
  if (findings.length > 0) {
    const other = fixture.alternatives?.some((expect) => judge(expect).length === 0);
    return other === true ? [] : findings;
  }
  const code = fixture.sokker?.code;
  if (!codes || code === undefined || observation.code === code) return findings;
  if (late && observation.closeCode === null) return findings;
  return [{ deviation: 'code', text: `failed with ${observation.code}, not ${code}` }];
}

/** Whether it ends inside a frame: who has not failed by then may still do so when the message ends. */
export function endsEarly({ id }: FixtureBase): boolean {
  return id.startsWith('utf8/detect-at/');
}

/** Calls late, and no worse, who had not failed where a fixture ends early. */
export function fairly<Kind>(
  fixture: FixtureBase,
  findings: readonly Difference<Kind>[],
): readonly Difference<Kind | 'late'>[] {
  if (!endsEarly(fixture)) return findings;
  return findings.map((finding) =>
    finding.deviation === 'accepts' ? { deviation: 'late', text: 'had not failed when the bytes ended' } : finding,
  );
}

function isLate(deviation: Deviation, fixture: FrameFixture): boolean {
  return deviation === 'late' || (deviation === 'accepts' && endsEarly(fixture));
}

function judgeExpectation(expect: Expectation, observation: FrameObservation): readonly Finding[] {
  const findings: Finding[] = [];
  const add = (deviation: Deviation, text: string): void => void findings.push({ deviation, text });
  const { closeCode, failedFrom } = observation;
  if (closeCode === null && expect.closeCode !== null) add('accepts', `did not fail, expected ${expect.closeCode}`);
  if (closeCode !== null && expect.closeCode === null) add('refuses', `failed with ${closeCode} on legal bytes`);
  if (closeCode !== null && expect.closeCode !== null && closeCode !== expect.closeCode) {
    add('close code', `failed with ${closeCode}, expected ${expect.closeCode}`);
  }
  if (failedFrom !== null && expect.detectAt !== null && failedFrom > expect.detectAt) {
    add('late', `failed at byte ${failedFrom}, knowable at ${expect.detectAt}`);
  }
  const expected = expect.events.map(eventLine);
  if (!sameLines(expected, observation.events)) {
    add('events', `events ${list(observation.events)}, expected ${list(expected)}`);
  }
  return findings;
}

function sameLines(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((line, at) => line === right[at]);
}

function list(lines: readonly string[]): string {
  return `[${lines.map((line) => (line.length > 80 ? `${line.slice(0, 80)}…` : line)).join(', ')}]`;
}
