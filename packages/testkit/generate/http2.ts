/** Family K: the opening handshake over HTTP/2, as plain values (RFC 8441 §4, §5; RFC 9113 §8; RFC 9220 §3). */
import type { Family, Http2Fixture, ServerSettings } from '../src/fixture.js';
import { rule } from './frame-fixture.js';

interface Row {
  readonly name: string;
  readonly why: string;
  readonly rfc?: string;
  readonly section?: string;
  /** Pseudo-header fields to change; `null` leaves one out. */
  readonly pseudo?: Readonly<Record<string, string | null>>;
  readonly headers?: Http2Fixture['headers'];
  readonly settings?: Partial<ServerSettings>;
  /** Default 200. */
  readonly status?: number;
  readonly alternatives?: readonly number[];
  readonly fields?: Readonly<Record<string, string | null>>;
}

const PSEUDO_HEADERS: Readonly<Record<string, string>> = {
  ':method': 'CONNECT',
  ':protocol': 'websocket',
  ':scheme': 'https',
  ':path': '/chat',
  ':authority': 'example.com',
};
const VERSION = ['sec-websocket-version', '13'] as const;
/** Over HTTP/2 none of these is sent, whatever the answer. */
const NEVER = { 'sec-websocket-accept': null, upgrade: null, connection: null };

export function http2Family(): Family<Http2Fixture> {
  const rows = [...opens(), ...pseudoHeaders(), ...connectionHeaders(), ...versions(), ...origins()];
  return {
    family: 'http2',
    letter: 'K',
    title: 'Opening handshake, HTTP/2',
    kind: 'http2',
    fixtures: rows.map(fixture),
  };
}

function fixture(row: Row): Http2Fixture {
  const pseudo = Object.entries({ ...PSEUDO_HEADERS, ...row.pseudo });
  return {
    id: `http2/${row.name}`,
    role: 'server',
    settings: { subprotocols: [], origin: 'same', secure: row.pseudo?.[':scheme'] !== 'http', ...row.settings },
    pseudoHeaders: Object.fromEntries(pseudo.filter((entry): entry is [string, string] => entry[1] !== null)),
    headers: row.headers ?? [VERSION],
    expect: { httpStatus: row.status ?? 200, headers: { ...NEVER, ...row.fields } },
    ...(row.alternatives === undefined ? {} : { alternatives: row.alternatives }),
    rule: rule(row.section ?? '5', row.rfc ?? '8441'),
    why: row.why,
  };
}

function opens(): Row[] {
  const none = { 'sec-websocket-protocol': null, 'sec-websocket-extensions': null };
  const chat = { subprotocols: ['chat'] };
  return [
    { name: 'open/plain', why: 'An extended CONNECT is answered with 200, without an accept value.', fields: none },
    { name: 'open/http', why: 'The scheme of ws is http.', pseudo: { ':scheme': 'http' }, fields: none },
    { name: 'open/query', why: 'A query belongs to the path.', pseudo: { ':path': '/chat?room=1' } },
    { name: 'open/port', why: 'The authority may have a port.', pseudo: { ':authority': 'example.com:8443' } },
    {
      name: 'open/subprotocol',
      why: 'Subprotocols are negotiated as over HTTP/1.1.',
      settings: chat,
      headers: [VERSION, ['sec-websocket-protocol', 'superchat, chat']],
      fields: { 'sec-websocket-protocol': 'chat' },
    },
    {
      name: 'open/subprotocol-unknown',
      why: 'Without a common subprotocol none is named.',
      settings: chat,
      headers: [VERSION, ['sec-websocket-protocol', 'x-other']],
      fields: none,
    },
    {
      name: 'open/extension-unknown',
      why: 'Extensions that the server does not know are passed over.',
      headers: [VERSION, ['sec-websocket-extensions', 'x-unknown']],
      fields: none,
    },
    {
      name: 'open/subprotocol-broken',
      why: 'A list of subprotocols that breaks the grammar is refused.',
      headers: [VERSION, ['sec-websocket-protocol', 'a b']],
      status: 400,
    },
    {
      name: 'open/extensions-broken',
      why: 'A list of extensions that breaks the grammar is refused.',
      headers: [VERSION, ['sec-websocket-extensions', 'a;;b']],
      status: 400,
    },
  ];
}

function pseudoHeaders(): Row[] {
  const missing = [':scheme', ':path', ':authority'].map((name) => ({
    name: `pseudo/${name.slice(1)}-missing`,
    section: '4',
    why: `An extended CONNECT has ${name}.`,
    pseudo: { [name]: null },
    status: 400,
  }));
  type Short = readonly [
    name: string,
    pseudo: Row['pseudo'],
    status: number,
    why: string,
    alternatives?: readonly number[],
  ];
  const rows: readonly Short[] = [
    ['path-empty', { ':path': '' }, 400, 'A path is not empty.'],
    ['path-relative', { ':path': 'chat' }, 400, 'A path begins with a slash.'],
    ['path-fragment', { ':path': '/chat#frag' }, 400, 'A fragment is never sent.'],
    ['scheme-other', { ':scheme': 'ftp' }, 400, 'The scheme is http or https.'],
    ['authority-userinfo', { ':authority': 'user@example.com' }, 400, 'An authority has no user information.'],
    ['authority-empty', { ':authority': '' }, 400, 'A WebSocket URI always has a host.'],
    ['method-get', { ':method': 'GET' }, 400, ':protocol has no place on a method other than CONNECT.', [405]],
  ];
  return [
    ...missing,
    ...rows.map(([name, pseudo, status, why, alternatives]) => ({
      name: `pseudo/${name}`,
      section: '4',
      why,
      status,
      ...(pseudo && { pseudo }),
      ...(alternatives && { alternatives }),
    })),
    {
      name: 'pseudo/protocol-unknown',
      rfc: '9220',
      section: '3',
      why: 'A :protocol that the server does not speak is answered with 501.',
      pseudo: { ':protocol': 'connect-udp' },
      status: 501,
      alternatives: [400],
    },
  ];
}

function connectionHeaders(): Row[] {
  const forbidden: readonly (readonly [name: string, value: string])[] = [
    ['connection', 'Upgrade'],
    ['upgrade', 'websocket'],
    ['transfer-encoding', 'chunked'],
    ['keep-alive', 'timeout=5'],
    ['te', 'gzip'],
  ];
  return [
    ...forbidden.map(([name, value]) => ({
      name: `header/${name}`,
      rfc: '9113',
      section: '8.2.2',
      why: `${name}: ${value} belongs to HTTP/1.1 connections: the request is malformed.`,
      headers: [VERSION, [name, value] as const],
      status: 400,
    })),
    {
      name: 'header/te-trailers',
      rfc: '9113',
      section: '8.2.2',
      why: 'te: trailers is the one value of te that may stand.',
      headers: [VERSION, ['te', 'trailers']],
    },
    {
      name: 'header/key',
      why: 'A key is not processed: :protocol has taken its place.',
      headers: [VERSION, ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ==']],
      alternatives: [400],
    },
    {
      name: 'header/host-same',
      rfc: '9113',
      section: '8.3.1',
      why: 'A host that repeats the authority is harmless.',
      headers: [VERSION, ['host', 'example.com']],
      alternatives: [400],
    },
    {
      name: 'header/host-other',
      rfc: '9113',
      section: '8.3.1',
      why: 'A host that differs from the authority makes the request malformed.',
      headers: [VERSION, ['host', 'evil.example']],
      status: 400,
    },
  ];
}

function versions(): Row[] {
  const values: readonly (string | null)[] = [null, '8', '013'];
  return values.map((value) => ({
    name: `version/${value ?? 'missing'}`,
    why: `The version must be 13${value === null ? '' : `, not ${value}`}; the answer says so.`,
    headers: value === null ? [] : [['sec-websocket-version', value] as const],
    status: 426,
    alternatives: [400],
    fields: { 'sec-websocket-version': '13' },
  }));
}

function origins(): Row[] {
  type Short = readonly [name: string, origin: string, status: number, why: string];
  const rows: readonly Short[] = [
    ['same', 'https://example.com', 200, 'The origin is the authority’s own.'],
    ['other-host', 'https://evil.example', 403, 'Another host’s page must not connect.'],
    ['other-scheme', 'http://example.com', 403, 'Another scheme is another origin.'],
    ['null', 'null', 403, 'The null origin is nobody’s own.'],
  ];
  return rows.map(([name, origin, status, why]) => ({
    name: `origin/${name}`,
    rfc: '6455',
    section: '10.2',
    why,
    headers: [VERSION, ['origin', origin]],
    status,
  }));
}
