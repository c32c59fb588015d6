import { HandshakeError, VIOLATIONS } from '@sokker/handshake';
import { RESPONSES } from '@sokker/deflate';
import { asError, must } from '../target.js';

const KNOWN: Readonly<Record<string, { readonly section: string; readonly status?: number }>> = {
  ...VIOLATIONS,
  ...RESPONSES,
};

/** Answers the code of a documented error; anything else is a finding. A client's errors have no status. */
export function documented(error: unknown, role: 'client' | 'server'): string {
  if (!(error instanceof HandshakeError)) throw asError(error);
  const { code, message, status: given } = error as HandshakeError;
  const row = KNOWN[code];
  const status = role === 'server' ? row?.status : undefined;
  must(row !== undefined && given === status, 'documented errors', () => `${code}, ${given}`);
  for (let at = 0; at < message.length; at++) {
    const letter = message.charCodeAt(at);
    must(letter >= 0x20 && letter !== 0x7f, 'errors are printable', () => JSON.stringify(message));
  }
  return code;
}
