import fc from 'fast-check';
import {
  accept,
  encodeResponse,
  examine,
  HeaderFields,
  UsageError,
  type Extension,
  type UpgradeOffer,
} from '../src/index.js';
import { parameters, toy } from './extensions.js';
import { ACCEPT, connectWith, requestWith, valuesOf, type Changes } from './requests.js';

function offer(changes: Changes = {}): UpgradeOffer {
  const answer = examine(requestWith(changes));
  if (answer.type !== 'offer') throw answer.error;
  return answer;
}

const option = expect.objectContaining({ code: 'ERR_SOKKER_OPTION' }) as Error;

describe('accept (RFC 6455 §4.2.2)', () => {
  test('to the byte', () => {
    expect(encodeResponse(accept(offer())).toString('latin1')).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`,
    );
  });

  test('with all there can be', () => {
    const asked = offer({ 'Sec-WebSocket-Protocol': 'Chat, chat', 'Sec-WebSocket-Extensions': 'toy; level=3' });
    const answer = accept(asked, {
      subprotocol: 'chat',
      extensions: [toy()],
      headers: { 'Set-Cookie': ['a=1', 'b=2'] },
    });
    expect(encodeResponse(answer).toString('latin1')).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${ACCEPT}\r\nSec-WebSocket-Protocol: chat\r\n` +
        'Sec-WebSocket-Extensions: toy; level=3\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n',
    );
    expect(answer).toMatchObject({
      type: 'acceptance',
      subprotocol: 'chat',
      extensions: [{ name: 'toy', session: '3' }],
    });
  });

  test('over HTTP/2, names in lower case and values as they are (RFC 9113 §8.2.1)', () => {
    const asked = examine(connectWith({ 'sec-websocket-protocol': 'Chat' }));
    if (asked.type !== 'offer') throw asked.error;
    expect(accept(asked, { subprotocol: 'Chat', headers: { 'X-Served-By': 'Host-A' } })).toMatchObject({
      status: 200,
      rawHeaders: ['sec-websocket-protocol', 'Chat', 'x-served-by', 'Host-A'],
    });
  });

  test.each(['CHAT', 'other', '', 'chat, superchat', 'chat\r\nX-Evil: 1', '__proto__', 1])(
    'a subprotocol that was not offered is the caller’s mistake: %p',
    (subprotocol) => {
      const asked = offer({ 'Sec-WebSocket-Protocol': 'chat, superchat' });
      expect(() => accept(asked, { subprotocol: subprotocol as string })).toThrow(option);
    },
  );

  test.each([
    'Connection',
    'UPGRADE',
    'Content-Length',
    'Transfer-Encoding',
    'Trailer',
    'Keep-Alive',
    'Sec-WebSocket-Accept',
    'sec-websocket-protocol',
    'Sec-WebSocket-Extensions',
    'Sec-WebSocket-Version',
    'Sec-WebSocket-Anything',
  ])('%s is not for the caller to set', (name) => {
    expect(() => accept(offer(), { headers: { [name]: 'x' } })).toThrow(option);
  });

  test.each(['\r', '\n', '\r\n', '\0', '\u010a', '\u0d0a', '\x7f', '\x1b', '\ud800'])(
    'no header has %j in it',
    (bad) => {
      expect(() => accept(offer(), { headers: { X: `a${bad}b` } })).toThrow(option);
      expect(() => accept(offer(), { headers: { [`X${bad}`]: 'a' } })).toThrow(option);
      expect(() => accept(offer(), { headers: [['X', bad]] })).toThrow(option);
    },
  );

  test('headers may be pairs, a Map, or the Headers of fetch', () => {
    for (const headers of [[['x', 'a\té']] as const, new Map([['x', 'a\té']]), new Headers({ x: 'a\té' })]) {
      expect(valuesOf(accept(offer(), { headers }).rawHeaders, 'x')).toEqual(['a\té']);
    }
  });

  test.each([
    { subprotocl: 'chat' },
    { headers: 'X: 1' },
    { headers: ['X: 1'] },
    { headers: { X: 1 } },
    { headers: { X: [1] } },
    { headers: [['X']] },
    { extensions: {} },
    { extensions: [{}] },
    { extensions: [null] },
    { extensions: [{ name: 'a b' }] },
    { extensions: [toy(), toy()] },
    { admit: true },
    null,
    'chat',
  ])('wrong options: %p', (options) => {
    expect(() => accept(offer(), options as object)).toThrow(option);
  });

  test.each([
    [{ subprotocl: 'chat' }, "accept has no option 'subprotocl'"],
    [{ subprotocol: 'chat' }, 'accept: subprotocol must be one that the client offered'],
    [{ extensions: [toy(), toy()] }, "accept: extensions has 'toy' twice"],
  ])('names what is wrong: %p', (options, message) => {
    expect(() => accept(offer(), options as object)).toThrow(message);
  });

  test('whatever the headers: refused as the caller’s mistake, or written without a CR, LF or NUL of theirs', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\r\n', 'a\0', '\u010a', '\u0d0d'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (headers) => {
        let bytes: Buffer;
        try {
          bytes = encodeResponse(accept(offer(), { headers }));
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          return;
        }
        const lines = bytes.toString('latin1').split('\r\n');
        expect(lines).toHaveLength(1 + 3 + headers.length + 2);
        for (const line of lines) expect(line).toMatch(/^[\t\x20-\x7e\x80-\xff]*$/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('extensions (RFC 6455 §9.1)', () => {
  const responseTo = (
    header: string | string[],
    extensions: Extension<string>[],
    admit?: Parameters<typeof accept<string>>[1],
  ): string | undefined => {
    const { rawHeaders } = accept(offer({ 'Sec-WebSocket-Extensions': header }), { ...admit, extensions });
    return new HeaderFields(rawHeaders).get('sec-websocket-extensions');
  };

  test.each([
    ['unknown ones are passed over', 'x-unknown; a=1, toy; level=1', 'toy; level=1'],
    ['nothing known, no header', 'x-unknown', undefined],
    ['a bad offer, then a good one', 'toy; level=x, toy; level=2', 'toy; level=2'],
    ['an unknown parameter declines the offer', 'toy; level=1; what', undefined],
    ['a repeated parameter declines the offer, not the next', 'toy; level=1; level=1, toy; level=2', 'toy; level=2'],
    ['the first good offer counts', 'toy; level=5, toy; level=2', 'toy; level=5'],
    ['a quoted value is a value', 'toy; level="7"', 'toy; level=7'],
    ['two header lines are one list', ['x', 'toy; level=1'], 'toy; level=1'],
    ['names of Object.prototype', '__proto__, constructor; toString, toy; level=1; __proto__', undefined],
  ])('%s', (_name, header, response) => {
    expect(responseTo(header, [toy()])).toBe(response);
  });

  test('several are agreed in the order of the client', () => {
    expect(responseTo('b; level=1, a; level=2, b; level=3', [toy('a'), toy('b')])).toBe('b; level=1, a; level=2');
  });

  test('admit decides on each, knowing those before it', () => {
    const seen: unknown[] = [];
    const response = responseTo('a; level=1, b; level=2, c; level=3', [toy('a'), toy('b'), toy('c')], {
      admit: ({ name, session }, admitted) => {
        seen.push([name, session, admitted.map((each) => each.name)]);
        return name !== 'b';
      },
    });
    expect(response).toBe('a; level=1, c; level=3');
    expect(seen).toEqual([
      ['a', '1', []],
      ['b', '2', ['a']],
      ['c', '3', ['a']],
    ]);
  });

  test('nothing is sent that was not offered, and no session is made for it', () => {
    const silent = {
      ...toy(),
      accept: () => {
        throw new Error('asked');
      },
    };
    const answer = accept(offer(), { extensions: [silent as unknown as Extension<string>] });
    expect(answer.extensions).toEqual([]);
  });

  test('an extension that answers in no tokens is the caller’s mistake', () => {
    const broken = { ...toy(), accept: () => ({ parameters: parameters({ a: 'b\r\nX: 1' }), session: '' }) };
    expect(() => responseTo('toy', [broken])).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT' }));
  });
});
