/** Makes frame fixtures. Each family states its outcome by hand; the reference must agree, and adds `detectAt`. */
import assert from 'node:assert/strict';
import type { FixtureEvent, FrameFixture, Limits, Role, Rule } from '../src/fixture.js';
import { hexOf } from '../src/hex.js';
import { reference } from './reference.js';
import { encode, KEY, type WireFrame } from './wire.js';

export const ROLES: readonly Role[] = ['server', 'client'];

export interface FrameCase {
  /** Without the role, which is appended. */
  readonly id: string;
  readonly role: Role;
  readonly section: string;
  readonly rfc?: string;
  readonly why: string;
  /** Frames of the peer, or bytes that end inside one. */
  readonly frames: readonly (WireFrame | Buffer)[];
  readonly key?: Buffer;
  readonly limits?: Limits;
  readonly extensions?: readonly string[];
  /** What must reach the application. */
  readonly events?: readonly FixtureEvent[];
  /** Close code of the failure. */
  readonly fails?: number;
}

export function frameFixture(entry: FrameCase): FrameFixture {
  const { role, key = KEY, limits = {}, extensions = [], events = [], fails = null } = entry;
  const stream = wireOf(entry.frames, role, key);
  const outcome = reference(stream, { role, limits, deflate: extensions.length > 0 });
  assert.deepEqual(outcome.events, events, `${entry.id}: events`);
  assert.equal(outcome.violation?.closeCode ?? null, fails, `${entry.id}: close code`);
  const code = outcome.violation?.code;
  return {
    id: `${entry.id}-${role}`,
    role,
    extensions,
    limits,
    maskingKey: role === 'server' ? key.toString('hex') : null,
    hex: hexOf(stream),
    expect: { events, closeCode: fails, httpStatus: null, detectAt: outcome.detectAt },
    ...(code === undefined ? {} : { sokker: { code } }),
    rule: rule(entry.section, entry.rfc),
    why: entry.why,
  };
}

/** The same case in both roles, unless it names one. */
export function inBothRoles(entry: Omit<FrameCase, 'role'>): FrameFixture[] {
  return ROLES.map((role) => frameFixture({ ...entry, role }));
}

export function rule(section: string, rfc = '6455'): Rule {
  return { rfc, section };
}

export function wireOf(frames: readonly (WireFrame | Buffer)[], role: Role, key: Buffer = KEY): Buffer {
  return Buffer.concat(frames.map((frame) => (Buffer.isBuffer(frame) ? frame : encode(frame, role, key))));
}

/** The event of a message, ping or pong. */
export function event(type: 'text' | 'binary' | 'ping' | 'pong', data: Buffer | string = ''): FixtureEvent {
  return { type, hex: hexOf(typeof data === 'string' ? Buffer.from(data) : data) };
}

export function closeEvent(code: number, reason = ''): FixtureEvent {
  return { type: 'close', code, reason };
}
