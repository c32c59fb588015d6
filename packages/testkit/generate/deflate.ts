/**
 * Family E: compressed messages (RFC 7692 §6, §7.2). Outcomes are stated by hand; a violation inside compressed data
 * counts as knowable with the last byte of its message, since a decoder may wait for that before it inflates.
 */
import type { Expectation, Family, FixtureEvent, FrameFixture, Limits, Role } from '../src/fixture.js';
import { hexOf } from '../src/hex.js';
import { DEFLATE_ROWS } from './deflate-rows.js';
import { ROLES, rule, wireOf } from './frame-fixture.js';
import { KEY, type WireFrame } from './wire.js';

export interface DeflateRow {
  readonly name: string;
  readonly section: string;
  readonly why: string;
  /** Default: with context takeover in both directions. */
  readonly parameters?: string;
  readonly limits?: Limits;
  readonly frames: readonly WireFrame[];
  readonly events?: readonly FixtureEvent[];
  /** Close code, and the index of the frame with whose last byte (or first, if so stated) it is knowable. */
  readonly fails?: { readonly closeCode: number; readonly frame: number; readonly atFirstByte?: boolean };
  readonly code?: string;
  /** Also allowed. */
  readonly or?: { readonly events: readonly FixtureEvent[]; readonly closeCode: number | null };
}

export function deflateFamily(): Family<FrameFixture> {
  const fixtures = DEFLATE_ROWS.flatMap((row) => ROLES.map((role) => fixture(row, role)));
  return { family: 'deflate', letter: 'E', title: 'Compressed messages', kind: 'frames', fixtures };
}

function fixture(row: DeflateRow, role: Role): FrameFixture {
  const { fails, or, events = [], limits = {}, parameters = '' } = row;
  const expect = { events, closeCode: fails?.closeCode ?? null, httpStatus: null, detectAt: detectAt(row, role) };
  const alternative: Expectation | undefined = or && {
    ...or,
    httpStatus: null,
    detectAt: or.closeCode === null ? null : wireOf(row.frames, role).length - 1,
  };
  return {
    id: `deflate/${row.name}-${role}`,
    role,
    extensions: [`permessage-deflate${parameters}`],
    limits,
    maskingKey: role === 'server' ? KEY.toString('hex') : null,
    hex: hexOf(wireOf(row.frames, role)),
    expect,
    ...(alternative === undefined ? {} : { alternatives: [alternative] }),
    ...(row.code === undefined ? {} : { sokker: { code: row.code } }),
    rule: rule(row.section, '7692'),
    why: row.why,
  };
}

function detectAt({ frames, fails }: DeflateRow, role: Role): number | null {
  if (fails === undefined) return null;
  if (fails.atFirstByte === true) return wireOf(frames.slice(0, fails.frame), role).length;
  return wireOf(frames.slice(0, fails.frame + 1), role).length - 1;
}
