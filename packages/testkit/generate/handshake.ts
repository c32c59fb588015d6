/** Family G: the opening handshake, server side (RFC 6455 §4.2, §4.4, §10.2; RFC 9112). */
import type { Family, HandshakeFixture, ServerSettings } from '../src/fixture.js';
import { rule } from './frame-fixture.js';
import { HANDSHAKE_REQUEST_ROWS } from './handshake-request-rows.js';
import { HANDSHAKE_POLICY_ROWS } from './handshake-policy-rows.js';
import { ACCEPT, requestHead, type Changes, type Head } from './request.js';

export interface HandshakeRow {
  readonly name: string;
  readonly why: string;
  readonly rfc?: string;
  readonly section?: string;
  readonly head?: Head;
  /** Short for `head: { changes }`. */
  readonly changes?: Changes;
  /** The whole request, where it is not made of the usual one. */
  readonly raw?: string;
  readonly after?: string;
  readonly settings?: Partial<ServerSettings>;
  /** Default 101. */
  readonly status?: number | null;
  readonly alternatives?: readonly number[];
  /** Further than what the status implies. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

const OPENS = {
  upgrade: 'websocket',
  connection: 'Upgrade',
  'sec-websocket-accept': ACCEPT,
  'sec-websocket-protocol': null,
  'sec-websocket-extensions': null,
};
const REFUSES = { 'sec-websocket-accept': null };

export function handshakeFamily(): Family<HandshakeFixture> {
  const fixtures = [...HANDSHAKE_REQUEST_ROWS, ...HANDSHAKE_POLICY_ROWS].map(fixture);
  return { family: 'handshake', letter: 'G', title: 'Opening handshake, server', kind: 'handshake', fixtures };
}

function fixture(row: HandshakeRow): HandshakeFixture {
  const { status = 101, after = '', alternatives, section = '4.2.1' } = row;
  const base = status === 101 ? OPENS : REFUSES;
  return {
    id: `handshake/${row.name}`,
    role: 'server',
    settings: { subprotocols: [], origin: 'same', secure: false, ...row.settings },
    request: row.raw ?? requestHead({ changes: row.changes ?? {}, ...row.head }),
    after,
    frames: status === 101 ? after : '',
    expect: { httpStatus: status, headers: { ...(status === null ? {} : base), ...row.headers } },
    ...(alternatives === undefined ? {} : { alternatives }),
    rule: rule(section, row.rfc),
    why: row.why,
  };
}
