import { HandshakeError, VIOLATIONS } from '@sokker/handshake';
import { RESPONSES } from '@sokker/deflate';
import { must } from '../target.js';

const KNOWN: Readonly<Record<string, { readonly section: string; readonly status?: number }>> = {
  ...VIOLATIONS,
  ...RESPONSES,
};

/** Answers the code of a documented error; anything else is a finding. A client's errors have no status. */
export function documented(error: unknown, role: 'client' | 'server'): string {
  if (!(error instanceof HandshakeError)) throw error;
  const row = KNOWN[error.code];
  const status = role === 'server' ? row?.status : undefined;
  must(row !== undefined && error.status === status, 'documented errors', () => `${error.code}, ${error.status}`);
  for (let at = 0; at < error.message.length; at++) {
    const code = error.message.charCodeAt(at);
    must(code >= 0x20 && code !== 0x7f, 'errors are printable', () => JSON.stringify(error.message));
  }
  return error.code;
}
