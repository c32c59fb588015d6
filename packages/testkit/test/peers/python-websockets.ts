/** python-websockets through its sans-I/O protocol: one process judges nothing and answers everything. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import {
  judgeFrames,
  type ClientFixture,
  type FrameFixture,
  type FrameObservation,
  type NegotiationFixture,
} from '../../src/index.js';
import { eventLine } from '../../src/received-event.js';
import { bytesOf, hexOf } from '../../src/hex.js';
import { fairly } from '../../src/frame-verdict.js';
import type { Peer, PeerFinding, PeerResult } from './peer.js';

const PYTHON = '/usr/bin/python3';
const SCRIPT = join(import.meta.dirname, 'python-websockets.py');
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

type Job =
  | { readonly kind: 'frames'; readonly fixture: FrameFixture }
  | { readonly kind: 'negotiation'; readonly fixture: NegotiationFixture }
  | { readonly kind: 'client'; readonly fixture: ClientFixture };

interface Answer {
  readonly crash?: string;
  readonly events?: FrameFixture['expect']['events'];
  readonly closeCode?: number | null;
  readonly failedFrom?: number | null;
  readonly status?: number;
  readonly extensions?: string | null;
  readonly opened?: boolean;
}

/** `undefined` where the package is not installed. */
export function websocketsPeer(): Peer | undefined {
  const version = installedVersion();
  if (version === undefined) return undefined;
  return { name: 'python-websockets', version, run: (families) => Promise.resolve(families.flatMap(runFamily)) };
}

function installedVersion(): string | undefined {
  try {
    return execFileSync(PYTHON, [SCRIPT, '--version'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
}

function runFamily(family: Parameters<Peer['run']>[0][number]): PeerResult[] {
  const jobs = family.fixtures.flatMap((fixture): Job[] => {
    if (family.kind === 'frames') return frameJobs(fixture as FrameFixture);
    if (family.kind === 'negotiation') return [{ kind: 'negotiation', fixture: fixture as NegotiationFixture }];
    const client = fixture as ClientFixture;
    return family.kind === 'client' && client.act === 'response' ? [{ kind: 'client', fixture: client }] : [];
  });
  if (jobs.length === 0) return [];
  const input = JSON.stringify(jobs);
  const output = execFileSync(PYTHON, [SCRIPT], { input, encoding: 'utf8', maxBuffer: MAX_OUTPUT_BYTES });
  const answers = JSON.parse(output) as Answer[];
  return jobs.map((job, at) => ({ fixture: job.fixture, family, findings: judge(job, answers[at] ?? {}) }));
}

/** The package has one limit, for messages. */
function frameJobs(fixture: FrameFixture): Job[] {
  const { maxFramePayloadBytes, maxFragments } = fixture.limits;
  return maxFramePayloadBytes === undefined && maxFragments === undefined ? [{ kind: 'frames', fixture }] : [];
}

function judge(job: Job, answer: Answer): readonly PeerFinding[] {
  if (answer.crash !== undefined) return [{ deviation: 'crash', text: answer.crash }];
  if (job.kind === 'frames') return fairly(job.fixture, judgeFrames(job.fixture, observationOf(answer)));
  if (job.kind === 'client') return judgeClient(job.fixture, answer);
  const { role, expect } = job.fixture;
  if (role === 'client') return verdict(expect.accepts, answer.opened === true);
  const { status = 0, extensions } = answer;
  const accepted = typeof extensions === 'string';
  if (status !== expect.httpStatus) return [statusFinding(expect.httpStatus ?? 101, status)];
  return verdict(expect.accepts, accepted);
}

function judgeClient(fixture: ClientFixture, answer: Answer): readonly PeerFinding[] {
  if (fixture.act === 'request') return [];
  return verdict(fixture.expect.opens, answer.opened === true);
}

function verdict(expected: boolean, actual: boolean): readonly PeerFinding[] {
  if (expected === actual) return [];
  return [actual ? { deviation: 'accepts', text: 'accepted' } : { deviation: 'refuses', text: 'refused' }];
}

function statusFinding(expected: number, status: number): PeerFinding {
  if (status === 101) return { deviation: 'accepts', text: `101, expected ${expected}` };
  return { deviation: expected === 101 ? 'refuses' : 'answer', text: `${status}, expected ${expected}` };
}

function observationOf({ events = [], closeCode = null, failedFrom = null }: Answer): FrameObservation {
  const lines = events.map((event) => eventLine('hex' in event ? { ...event, hex: hexOf(bytesOf(event.hex)) } : event));
  return { events: lines, closeCode, failedFrom, code: null };
}
