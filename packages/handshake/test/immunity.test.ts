/* What brought other WebSocket implementations down, tried on the opening handshake. SECURITY.md lists these tests. */
import {
  createRequest,
  encodeRequest,
  examine,
  HandshakeError,
  parseExtensions,
  RequestHeadReader,
  respond,
  ResponseHeadReader,
  verifyResponse,
} from '../src/index.js';
import { ACCEPT, headersWith, KEY, requestWith } from './requests.js';
import { expectWorkInProportion } from './work.js';

// Work that grows with the square of a header would take minutes here, and milliseconds where it grows with its size.
const ROUNDS = 200;
const HEADER_BYTES = 16 * 1024;
const LONG_HEAD_BYTES = 1024 * 1024;

const PROTOTYPE_NAMES = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'prototype', 'valueOf'];

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof HandshakeError ? (error as HandshakeError).code : String(error);
  }
  return 'no error';
}

function statusOf(changes: Parameters<typeof requestWith>[0]): number {
  const answer = examine(requestWith(changes));
  return answer.type === 'refusal' ? answer.status : 101;
}

describe('headers', () => {
  test.each([2001, 5000])(
    'CVE-2024-37890: %i headers before Upgrade are refused with 431, at the hundred and first',
    (count) => {
      const lines = Array.from({ length: count }, (_, index) => `X-${index}: 1\r\n`).join('');
      const head = `GET / HTTP/1.1\r\nHost: a\r\n${lines}Upgrade: websocket\r\n\r\n`;
      expect(codeOf(() => new RequestHeadReader({ maxHeadBytes: Infinity }).read(Buffer.from(head)))).toBe('ERR_SOKKER_TOO_MANY_HEADERS'); // prettier-ignore
      const many = Array.from({ length: count }, (_, index) => [`X-${index}`, '1']).flat();
      expect(respond(requestWith({}, { rawHeaders: [...many, ...headersWith({})] }))).toMatchObject({ status: 431 });
    },
  );

  test('CVE-2018-12121, CVE-2018-12122: a head of a megabyte is refused at 16 KiB, and that much is held of it', () => {
    const line = Buffer.from(`X: ${'a'.repeat(1020)}\r\n`);
    const before = process.memoryUsage().arrayBuffers;
    const readers = Array.from({ length: 64 }, () => new RequestHeadReader());
    for (const reader of readers) {
      reader.read(Buffer.from('GET / HTTP/1.1\r\n'));
      const codes = Array.from({ length: 1024 }, () => codeOf(() => reader.read(line)));
      expect(codes.indexOf('ERR_SOKKER_HEAD_TOO_BIG')).toBe(15);
      expect(new Set(codes.slice(15))).toEqual(new Set(['ERR_SOKKER_HEAD_TOO_BIG']));
    }
    // The buffers that it outgrew, 23 KiB, may not have been collected yet.
    expect((process.memoryUsage().arrayBuffers - before) / readers.length).toBeLessThan(3 * 16 * 1024);
  });

  test('a thousand heads of which a byte has come hold less than 256 bytes of buffers each', () => {
    const byte = Buffer.from('G');
    const before = process.memoryUsage().arrayBuffers;
    const readers = Array.from({ length: 1000 }, () => new RequestHeadReader());
    for (const reader of readers) reader.read(byte);
    expect((process.memoryUsage().arrayBuffers - before) / readers.length).toBeLessThan(256);
  });

  test('CVE-2023-43669: a head that comes byte by byte is looked at once', () => {
    const bytes = Buffer.from(`GET / HTTP/1.1\r\nX: ${'a'.repeat(LONG_HEAD_BYTES - 30)}\r\n\r\n`);
    const reader = new RequestHeadReader({ maxHeadBytes: Infinity });
    let head;
    expectWorkInProportion(LONG_HEAD_BYTES / 1024, (index) => {
      for (let at = index * 1024; at < (index + 1) * 1024 && at < bytes.length; at++) {
        head = reader.read(bytes.subarray(at, at + 1));
      }
    });
    expect(head).toMatchObject({ rawHeaders: ['X', expect.any(String)] });
  });

  test.each([
    ['Content-Length twice', 'Content-Length: 0\r\nContent-Length: 5\r\n'],
    ['both framings', 'Content-Length: 0\r\nTransfer-Encoding: chunked\r\n'],
    ['a body', 'Content-Length: 5\r\n'],
    ['chunks', 'Transfer-Encoding: chunked\r\n'],
    ['a length that hides', 'Content-Length: +0\r\n'],
    ['a bare LF', 'X: a\nContent-Length: 5\r\n'],
    ['CR LF CR', 'X: a\r\n\rX: b\r\n'],
    ['a space before the colon', 'Content-Length : 5\r\n'],
    ['a folded line', 'X: a\r\n Content-Length: 5\r\n'],
    ['NUL in a value', 'X: a\0\r\n'],
    ['Host twice', 'Host: b\r\n'],
  ])('CVE-2022-32213, CVE-2021-22959, GHSA-mfx4-hv73-q22v: smuggling by %s is refused', (_, lines) => {
    const head = `GET / HTTP/1.1\r\n${lines}Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`; // prettier-ignore
    const answer = (): unknown => {
      const request = new RequestHeadReader().read(Buffer.from(head, 'latin1'));
      return request && respond(request, { origin: 'any' });
    };
    const code = codeOf(answer);
    if (code === 'no error') expect(answer()).toMatchObject({ type: 'refusal', status: 400 });
    else expect(code).toMatch(/^ERR_SOKKER_/);
  });
});

describe('names that objects have', () => {
  test.each(PROTOTYPE_NAMES)(
    'GHSA-5v72-xg48-5rpm, CVE-2026-21710: %s as header, extension, parameter, subprotocol, query',
    (name) => {
      const request = requestWith(
        {
          'Sec-WebSocket-Extensions': `${name}, x; ${name}; ${name}=1, permessage-deflate; ${name}=${name}`,
          'Sec-WebSocket-Protocol': name,
          [`x-${name}`]: name,
        },
        { target: `/?${name}=${name}&a[${name}]=1` },
      );
      const offer = examine({ ...request, rawHeaders: [...request.rawHeaders, name, name] });
      expect(offer).toMatchObject({ type: 'offer', subprotocols: [name], query: `${name}=${name}&a[${name}]=1` });
      if (offer.type !== 'offer') return;
      expect(offer.headers.get(name)).toBe(name);
      expect(offer.headers.get('absent')).toBeUndefined();
      expect(offer.extensions.map((each) => each.name)).toEqual([name, 'x', 'permessage-deflate']);
      expect(offer.extensions[1]).toMatchObject({ repeated: name });
      expect(({} as Record<string, unknown>)[name === '__proto__' ? 'polluted' : `${name}!`]).toBeUndefined();
      expect(respond(request)).toMatchObject({ status: 101, subprotocol: undefined });
    },
  );
});

describe('lists', () => {
  const BULK: readonly (readonly [string, string])[] = [
    ['spaces', ' '.repeat(HEADER_BYTES - 1)],
    ['commas and spaces', ', '.repeat(HEADER_BYTES / 2 - 1)],
    ['one long token', 'a'.repeat(HEADER_BYTES - 1)],
    ['a token and spaces', `a${' '.repeat(HEADER_BYTES - 2)}`],
    ['semicolons', `a${'; '.repeat(HEADER_BYTES / 2 - 2)}`],
    ['quotes and backslashes', `a; b="${'\\a'.repeat(HEADER_BYTES / 2 - 5)}`],
  ];

  test.each(BULK)('CVE-2021-32640: Sec-WebSocket-Protocol of 16 KiB of %s takes work in proportion', (_, value) => {
    const request = requestWith({ 'Sec-WebSocket-Protocol': value });
    expectWorkInProportion(ROUNDS, () => examine(request, { maxHeadBytes: Infinity }));
  });

  test.each(BULK)('CVE-2020-7662: Sec-WebSocket-Extensions of 16 KiB of %s takes work in proportion', (_, value) => {
    expectWorkInProportion(ROUNDS, () => codeOf(() => parseExtensions(value)));
    expect(codeOf(() => parseExtensions(`${value}${value}`))).toBe('ERR_SOKKER_LIST');
  });
});

describe('upgrades that are none', () => {
  test.each([
    ['Connection without upgrade', { Connection: 'keep-alive' }],
    ['no Connection', { Connection: undefined }],
    ['no Upgrade', { Upgrade: undefined }],
    ['another protocol', { Upgrade: 'h2c' }],
    ['a part of a word', { Upgrade: 'notwebsocket' }],
    ['a part of a word in Connection', { Connection: 'notupgrade' }],
    ['a version beside the name', { Upgrade: 'websocket/13' }],
  ])('CVE-2026-59898, CVE-2020-7693: %s is answered with 426', (_, changes) => {
    expect(statusOf(changes)).toBe(426);
  });

  test('CVE-2025-24010: another origin, and a host that is not ours, are refused by default and by `hosts`', () => {
    expect(statusOf({ Origin: 'http://evil.example' })).toBe(403);
    expect(statusOf({ Origin: 'http://server.example.com' })).toBe(101);
    const rebound = requestWith({ Host: 'evil.example', Origin: 'http://evil.example' });
    expect(examine(rebound, { hosts: ['server.example.com'] })).toMatchObject({ status: 421 });
  });
});

describe('what a client sends', () => {
  const BAD = ['\r', '\n', '\r\n', '\0', '\u010a', '\u0d0a'];

  test.each(BAD)('CVE-2026-1527, CVE-2020-35678: %j in any string option throws before anything is sent', (bad) => {
    const evil = `a${bad}X-Evil: 1`;
    const calls = [
      () => createRequest(`ws://h/${evil}`),
      () => createRequest('ws://h', { subprotocols: [evil] }),
      () => createRequest('ws://h', { headers: { [evil]: 'a' } }),
      () => createRequest('ws://h', { headers: { Cookie: evil } }),
      () => createRequest('ws://h', { headers: [['X', evil]] }),
    ];
    for (const call of calls) {
      // What a URL has beyond ASCII is percent-encoded: that is no injection.
      let sent = '';
      try {
        sent = encodeRequest(call()).toString('latin1');
      } catch (error) {
        expect(error).toMatchObject({ name: 'UsageError' });
      }
      expect(sent.replaceAll('\r\n', '')).not.toMatch(/[^ -~\x80-\xff]/);
      expect(sent).not.toMatch(/[\r\n]X-Evil/);
    }
  });

  test.each(['Host', 'Content-Length', 'Transfer-Encoding', 'Connection', 'Upgrade', 'Sec-WebSocket-Key'])(
    'CVE-2026-1525: a second %s cannot be added',
    (name) => {
      expect(() => createRequest('ws://h', { headers: { [name.toUpperCase()]: '1' } })).toThrow(/ERR|handshake itself/);
    },
  );
});

describe('what a client receives', () => {
  const request = createRequest('ws://h', { randomBytes: () => Buffer.from(KEY, 'base64') });

  test('Tomcat 67b01c13: response heads are bounded, and interim responses counted', () => {
    const endless = new ResponseHeadReader();
    endless.read(Buffer.from('HTTP/1.1 101 a\r\n'));
    const line = Buffer.from(`X: ${'a'.repeat(1020)}\r\n`);
    const flood = (): void => {
      for (let i = 0; i < 1024; i++) endless.read(line);
    };
    expect(codeOf(flood)).toBe('ERR_SOKKER_HEAD_TOO_BIG');
    const interim = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000));
    expect(codeOf(() => new ResponseHeadReader().read(interim))).toBe('ERR_SOKKER_TOO_MANY_INTERIM');
  });

  test('undici 8.12: a subprotocol or extension that nobody asked for is refused, not used', () => {
    const verify = (name: string): string => {
      const rawHeaders = ['Upgrade', 'websocket', 'Connection', 'Upgrade', 'Sec-WebSocket-Accept', ACCEPT, name, 'a'];
      return codeOf(() => verifyResponse(request, { httpVersion: '1.1', status: 101, reason: '', rawHeaders }));
    };
    expect(verify('Sec-WebSocket-Protocol')).toBe('ERR_SOKKER_RESPONSE_SUBPROTOCOL');
    expect(verify('Sec-WebSocket-Extensions')).toBe('ERR_SOKKER_EXTENSION_UNASKED');
  });
});
