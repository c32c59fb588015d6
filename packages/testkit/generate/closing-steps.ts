/** The words that closing scripts are written with. */
import type { ClosingStep, SentFrame } from '../src/fixture.js';
import { CLOSE, PING, TEXT, type WireFrame } from './wire.js';

export const CLOSE_TIMEOUT_MS = 5000;
/** The peer ends TCP. */
export const GRACE = { receiveEnd: true } as const;

export const closePayload = (code: number, reason = ''): WireFrame => ({
  opcode: CLOSE,
  payload: Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]),
});
export const text = (payload: string): WireFrame => ({ opcode: TEXT, payload });
export const ping = (payload: string): WireFrame => ({ opcode: PING, payload });
export const sentClose = (code: number | null): { sent: SentFrame[] } => ({ sent: [{ type: 'close', code }] });
export const nothingSent: ClosingStep = { sent: [] };
export const weClose = (code: number | null, reason = ''): ClosingStep => ({ close: { code, reason } });
