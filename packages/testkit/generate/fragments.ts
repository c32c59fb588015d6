/** What the rows of family C are written with. */
import type { FixtureEvent, Limits } from '../src/fixture.js';
import { CONTINUATION, PING, TEXT, type WireFrame } from './wire.js';

export interface FragmentationRow {
  readonly name: string;
  readonly section?: string;
  readonly why: string;
  readonly frames: readonly WireFrame[];
  readonly limits?: Limits;
  readonly events?: readonly FixtureEvent[];
  readonly fails?: number;
}

export const first = (opcode: number, payload = ''): WireFrame => ({ opcode, fin: false, payload });
export const middle = (payload = ''): WireFrame => ({ opcode: CONTINUATION, fin: false, payload });
export const last = (payload = ''): WireFrame => ({ opcode: CONTINUATION, payload });
export const text = (payload: string): WireFrame => ({ opcode: TEXT, payload });
export const ping = (payload = ''): WireFrame => ({ opcode: PING, payload });
