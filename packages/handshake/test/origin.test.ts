import { examine, UpgradePolicy, type OriginPolicy, type UpgradeRequest } from '../src/index.js';
import { requestWith, valuesOf } from './requests.js';

function statusOf(
  policy: OriginPolicy,
  origin: string | readonly string[] | undefined,
  rest: Partial<UpgradeRequest> & { host?: string } = {},
): number {
  const { host = 'good.example:3000', ...request } = rest;
  const answer = examine(requestWith({ Host: host, Origin: origin }, request), { origin: policy });
  return answer.type === 'offer' ? 101 : answer.status;
}

describe("origin: 'same' (RFC 6455 §10.2)", () => {
  const rows: readonly (readonly [
    origin: string | undefined,
    status: number,
    rest?: Parameters<typeof statusOf>[2],
  ])[] = [
    [undefined, 101],
    ['http://good.example:3000', 101],
    ['HTTP://GOOD.example:3000', 101],
    ['http://good.example', 403],
    ['http://good.example:3001', 403],
    ['null', 403],
    ['', 403],
    ['http://good.example.com.evil:3000', 403],
    ['http://evil.good.example:3000', 403],
    ['http://good.example:3000/', 403],
    ['http://good.example:3000.evil', 403],
    ['http://u@good.example:3000', 403],
    ['http://xn--bcher-kva.example:3000', 403],
    ['http://b\u00fccher.example', 403, { host: 'xn--bcher-kva.example' }],
    ['http://xn--bcher-kva.example', 101, { host: 'xn--bcher-kva.example' }],
    ['good.example:3000', 403],
    ['ftp://good.example:3000', 403],
    ['chrome-extension://good.example:3000', 403],
    ['http://[::1]:3000', 101, { host: '[::1]:3000' }],
    // Scheme unknown: a proxy may have ended TLS. The default port is that of the page's scheme.
    ['https://good.example', 101, { host: 'good.example' }],
    ['http://good.example', 101, { host: 'good.example' }],
    ['https://good.example', 101, { host: 'good.example:443' }],
    ['http://good.example', 403, { host: 'good.example:443' }],
    ['https://good.example:443', 101, { host: 'good.example' }],
    // Scheme known.
    ['http://good.example', 403, { host: 'good.example', secure: true }],
    ['https://good.example', 101, { host: 'good.example', secure: true }],
    ['https://good.example', 101, { host: 'inner:80', forwarded: { proto: 'https', host: 'good.example' } }],
    ['https://good.example', 403, { host: 'good.example', forwarded: { proto: 'http' } }],
    ['http://inner', 403, { host: 'inner', forwarded: { host: 'good.example' } }],
  ];
  for (const [origin, status, rest] of rows) {
    test(`${origin ?? 'no Origin'} at ${JSON.stringify(rest ?? {})}: ${status}`, () => {
      expect(statusOf('same', origin, rest)).toBe(status);
    });
  }

  test('is the default', () => {
    const answer = examine(requestWith({ Origin: 'http://evil.example' }));
    expect(answer).toMatchObject({ type: 'refusal', status: 403, error: { code: 'ERR_SOKKER_ORIGIN' } });
  });

  test('a refusal names both sides, with nothing unprintable in it', () => {
    const answer = examine(requestWith({ Origin: 'http://\u009b31m.example' }));
    if (answer.type !== 'refusal') throw new Error('was not refused');
    expect(answer.body.toString()).toContain('http://\\u009b31m.example at server.example.com');
    expect(valuesOf(answer.rawHeaders, 'content-type')).toEqual(['text/plain; charset=utf-8']);
  });

  test('a long origin is cut', () => {
    const answer = examine(requestWith({ Origin: `http://${'a'.repeat(9000)}` }));
    expect(answer.type === 'refusal' && answer.body.length).toBeLessThan(400);
  });
});

describe('Origin twice is refused under every policy (RFC 6454 §7.3)', () => {
  const twice = ['http://good.example:3000', 'http://good.example:3000'];
  test.each(['same', 'any', [null, 'http://good.example:3000'], () => true] as OriginPolicy[])('%p', (policy) => {
    expect(statusOf(policy, twice)).toBe(403);
  });
});

describe('origin: a list', () => {
  const list = [
    'https://App.example',
    'http://localhost:3000',
    'null',
    'chrome-extension://abcdef',
    'https://a.example:443',
    'x://one-letter',
  ];
  test.each([
    ['https://app.example', 101],
    ['https://app.example:443', 101],
    ['HTTPS://APP.EXAMPLE', 101],
    ['https://a.example', 101],
    ['http://app.example', 403],
    ['https://app.example.evil', 403],
    ['http://localhost:3000', 101],
    ['http://localhost', 403],
    ['null', 101],
    ['chrome-extension://abcdef', 101],
    ['x://one-letter', 101],
    [undefined, 403],
    ['', 403],
    ['__proto__', 403],
  ])('%s: %d', (origin, status) => {
    expect(statusOf(list, origin)).toBe(status);
  });

  test('null lets a request without the header in, and no other', () => {
    expect(statusOf([null], undefined)).toBe(101);
    expect(statusOf([null], 'null')).toBe(403);
    expect(statusOf([], undefined)).toBe(403);
  });

  test.each([
    'https://a.example/',
    'https://a.example/x',
    'a.example',
    '*',
    '',
    'https://bücher.example',
    1,
    undefined,
  ])('an entry that is no origin is refused at construction: %p', (entry) => {
    expect(() => new UpgradePolicy({ origin: [entry as string] })).toThrow(
      expect.objectContaining({
        code: 'ERR_SOKKER_OPTION',
        message: expect.stringMatching(/^origin must list origins as browsers write them/),
      }),
    );
  });
});

describe('origin: a function', () => {
  test('gets the origin in lower case, or null, and the offer', () => {
    const seen: unknown[] = [];
    const policy: OriginPolicy = (origin, offer) => seen.push([origin, offer.path]) > 1;
    expect(statusOf(policy, 'HTTPS://A')).toBe(403);
    expect(statusOf(policy, undefined)).toBe(101);
    expect(seen).toEqual([
      ['https://a', '/chat'],
      [null, '/chat'],
    ]);
  });

  test.each<[string, () => unknown]>([
    ['a promise', () => Promise.resolve(false)],
    // Unhandled, it would end the process.
    ['a promise that is rejected', () => Promise.reject(new Error('boom'))],
    ['a number', () => 1],
    ['nothing', () => undefined],
    ['a string', () => 'yes'],
  ])('an answer that is no boolean lets nobody in: %s', (_, answer) => {
    expect(() => statusOf(answer as () => boolean, 'http://a')).toThrow(
      expect.objectContaining({
        code: 'ERR_SOKKER_ARGUMENT',
        message: 'origin: the function must return true or false',
      }),
    );
  });

  test('what it throws comes through', () => {
    const boom = new Error('boom');
    expect(() =>
      statusOf(() => {
        throw boom;
      }, 'http://a'),
    ).toThrow(boom);
  });
});

test("origin: 'any' does not look", () => {
  for (const origin of ['null', '', 'http://evil', undefined]) expect(statusOf('any', origin)).toBe(101);
});
