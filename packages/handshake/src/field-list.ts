import { violation, type Role } from './errors.js';

/** Most members that a list in a header may have. */
export const MAX_LIST_MEMBERS = 64;
/** Most empty members that are passed over; RFC 9110 §5.6.1.2 asks for a reasonable number. */
export const MAX_EMPTY_MEMBERS = 8;

const COMMA = ',';
const isSpace = (code: number): boolean => code === 0x20 || code === 0x09;

/**
 * The members of a comma-separated list whose members have no quoted strings, without the space around them. Several
 * lines of one name are one list (RFC 9110 §5.3).
 * @throws HandshakeError `ERR_SOKKER_LIST`
 */
export function listMembers(lines: readonly string[], role: Role = 'server'): string[] {
  const members: string[] = [];
  let empties = 0;
  for (const line of lines) {
    for (let start = 0; start <= line.length;) {
      const comma = line.indexOf(COMMA, start);
      const end = comma === -1 ? line.length : comma;
      const member = trimSpace(line, start, end);
      if (member !== '') members.push(member);
      else empties++;
      if (members.length > MAX_LIST_MEMBERS || empties > MAX_EMPTY_MEMBERS) throw listTooLong(role);
      start = end + 1;
    }
  }
  return members;
}

export function listTooLong(role: Role): Error {
  const detail = `more than ${MAX_LIST_MEMBERS} members, or ${MAX_EMPTY_MEMBERS} empty ones`;
  return violation('ERR_SOKKER_LIST', { role, detail });
}

/** Whether a list names a token, in any case of letters; the whole member counts, `websocket/13` is not `websocket`. */
export function listNames(lines: readonly string[], token: string, role: Role = 'server'): boolean {
  return listMembers(lines, role).some((member) => member.toLowerCase() === token);
}

/** Without the OWS (RFC 9110 §5.6.3) at both ends, and nothing else: `trim` would also take characters beyond ASCII. */
export function trimSpace(text: string, start = 0, end = text.length): string {
  let first = start;
  let last = end;
  while (first < last && isSpace(text.charCodeAt(first))) first++;
  while (last > first && isSpace(text.charCodeAt(last - 1))) last--;
  return text.slice(first, last);
}
