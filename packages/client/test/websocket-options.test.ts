import { CONNECT_OPTIONS, WebSocket, WebSocketStream } from '@sokker/client';

const ADDRESS = 'ws://127.0.0.1:1';
const makers: readonly (readonly [string, (given: unknown) => unknown])[] = [
  ['WebSocket', (given) => new WebSocket(ADDRESS, [], given as object)],
  ['WebSocketStream', (given) => new WebSocketStream(ADDRESS, given as object)],
];
const elsewhere = 'use protocols: the second argument of WebSocket, an option of WebSocketStream';

describe.each(makers)('%s tells at once', (owner, make) => {
  test.each<[string, unknown, string]>([
    ['an option that is none', { header: {} }, " has no option 'header'; did you mean headers"],
    ['one that others have', { perMessageDeflate: true }, " has no option 'perMessageDeflate'; use extensions"],
    ['one that is said in another way', { subprotocols: ['a'] }, ` has no option 'subprotocols'; ${elsewhere}`],
    ['one that connect alone has', { receive: 'stream' }, " has no option 'receive'; use connect, which has it"],
    ['the same with its default', { receive: 'whole' }, " has no option 'receive'"],
    ['another one', { context: {} }, " has no option 'context'; use connect, which has it"],
    ['a signal that is none', { signal: {} }, ': signal must be an AbortSignal, not an object'],
    ['null for a signal', { signal: null }, ': signal must be an AbortSignal, not null'],
    ['null for a number', { maxBufferedBytes: null }, ': maxBufferedBytes must be an integer'],
    ['a number for all', 42, ' takes its options as an object, not 42'],
    ['text for all', 'chat', " takes its options as an object, not 'chat'"],
    ['a list for all', ['chat'], ' takes its options as an object, not an array'],
  ])('%s', (_what, given, told) => {
    expect(() => make(given)).toThrow(expect.objectContaining({ name: 'UsageError', code: 'ERR_SOKKER_OPTION' }));
    expect(() => make(given)).toThrow(`${owner}${told}`);
  });

  test('no other option of connect', () => {
    const refused = ['subprotocols', 'context', 'receive'];
    const names = Object.keys(CONNECT_OPTIONS).filter((name) => !refused.includes(name));
    const given = Object.fromEntries(names.map((name) => [name, undefined]));
    expect(() => make({ ...given, signal: AbortSignal.abort() })).not.toThrow();
  });
});

test('null in place of options is wrong', () => {
  expect(() => new WebSocket(ADDRESS, [], null as never)).toThrow(
    expect.objectContaining({ code: 'ERR_SOKKER_OPTION', message: expect.stringMatching('^WebSocket .* not null$') }),
  );
});

test('null in place of the dictionary of a WebSocketStream is an empty one, as Web IDL has it', async () => {
  const stream = new WebSocketStream(ADDRESS, null as never);
  stream.close();
  await expect(stream.opened).rejects.toMatchObject({ name: 'WebSocketError', closeCode: 1006 });
});

test("protocols as WebSocket's options are an argument of their own, but not those of a WebSocketStream", () => {
  expect(() => new WebSocket(ADDRESS, [], { protocols: 'a' } as never)).toThrow(`no option 'protocols'; ${elsewhere}`);
  expect(() => new WebSocketStream(ADDRESS, { protocols: 'a', signal: AbortSignal.abort() })).not.toThrow();
});
