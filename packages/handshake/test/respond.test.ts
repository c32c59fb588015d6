import { HeaderFields, respond, UpgradePolicy } from '../src/index.js';
import { toy } from './extensions.js';
import { connectWith, requestWith } from './requests.js';

describe('respond', () => {
  test('accepts what breaks no rule', () => {
    expect(respond(requestWith())).toMatchObject({
      type: 'acceptance',
      status: 101,
      subprotocol: undefined,
      extensions: [],
    });
    expect(respond(connectWith())).toMatchObject({ type: 'acceptance', status: 200, httpVersion: '2.0' });
  });

  test.each([
    ['b, a', ['a', 'b'], 'b'],
    ['x, a', ['a', 'b'], 'a'],
    ['x', ['a'], undefined],
    ['A', ['a'], undefined],
    [undefined, ['a'], undefined],
    ['a', [], undefined],
  ])('of %p and ours %p chooses %p', (offered, subprotocols, chosen) => {
    const answer = respond(requestWith({ 'Sec-WebSocket-Protocol': offered }), { subprotocols });
    expect(answer).toMatchObject({ type: 'acceptance', subprotocol: chosen });
    expect(new HeaderFields(answer.rawHeaders).get('sec-websocket-protocol')).toBe(chosen);
  });

  test.each([
    ['chat,, superchat,', 101],
    ['chat, chat', 400],
    ['', 400],
    [',', 400],
    ['a b', 400],
    ['a/b', 400],
    ['"a"', 400],
    ['a\x7f', 400],
    ['a\x80', 400],
    [['a', 'a'], 400],
    [['a', 'b'], 101],
    [Array.from({ length: 64 }, (_, index) => `p${index}`).join(), 101],
    [Array.from({ length: 65 }, (_, index) => `p${index}`).join(), 400],
    [`a${','.repeat(8)}`, 101],
    [`a${','.repeat(9)}`, 400],
    ['__proto__, constructor', 101],
  ])('Sec-WebSocket-Protocol %p: %d', (value, status) => {
    expect(respond(requestWith({ 'Sec-WebSocket-Protocol': value }), { subprotocols: ['toString'] }).status).toBe(
      status,
    );
  });

  test.each([
    [';', 400],
    ['toy; level=1;', 400],
    ['x; a="b c"', 400],
    [Array(64).fill('x').join(), 101],
    [Array(65).fill('x').join(), 400],
  ])('Sec-WebSocket-Extensions %p: %d', (value, status) => {
    expect(respond(requestWith({ 'Sec-WebSocket-Extensions': value })).status).toBe(status);
  });

  test('a policy made once does what its options do', () => {
    const policy = new UpgradePolicy({ extensions: [toy()], headers: { 'X-Served-By': 'a' } });
    const answer = respond(requestWith({ 'Sec-WebSocket-Extensions': 'toy; level=1' }), policy);
    expect(answer).toMatchObject({ extensions: [{ name: 'toy', session: '1' }] });
    expect(answer.rawHeaders.slice(-4)).toEqual(['Sec-WebSocket-Extensions', 'toy; level=1', 'X-Served-By', 'a']);
  });

  test('a refusal passes through', () => {
    expect(respond(requestWith({}, { method: 'POST' }))).toMatchObject({ type: 'refusal', status: 405 });
  });

  test.each([
    { origin: 'https://a.example' },
    { origin: true },
    { hosts: 'a' },
    { hosts: ['http://a'] },
    { hosts: [1] },
    { subprotocols: 'chat' },
    { subprotocols: ['a', 'a'] },
    { subprotocols: ['a b'] },
    { subprotocols: [1] },
    { extensions: [toy(), toy()] },
    { headers: { Upgrade: 'x' } },
    { maxHeadBytes: 2 ** 53 },
    { maxHeaders: -1 },
    { orign: 'any' },
    null,
  ])('a wrong policy throws at construction: %p', (options) => {
    expect(() => new UpgradePolicy(options as object)).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_OPTION' }));
    expect(() => respond(requestWith(), options as object)).toThrow(TypeError);
  });

  test('a policy is a copy of its options', () => {
    const subprotocols = ['a'];
    const policy = new UpgradePolicy({ subprotocols });
    subprotocols.push('b');
    expect(respond(requestWith({ 'Sec-WebSocket-Protocol': 'b' }), policy)).toMatchObject({ subprotocol: undefined });
  });
});
