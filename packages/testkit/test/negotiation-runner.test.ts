import { compareNegotiation, fixtures, type NegotiationFixture } from '../src/index.js';

/** What is wrong with a server that answers an offer in this way. */
async function problemsOf(id: string, extensions: string | undefined, status = 101): Promise<readonly string[]> {
  const fixture = fixtures.negotiation.fixtures.find((each) => each.id === `negotiation/${id}`);
  const confirm = (): never => {
    throw new Error('this is a server');
  };
  return compareNegotiation({ answer: () => ({ status, extensions }), confirm }, fixture as NegotiationFixture);
}

const PLAIN = 'windows/client-without-value-server';
const WINDOW = 'windows/server-10-server';
const TAKEOVER = 'answers/server-no-context-takeover-server';

test.each([
  [PLAIN, ''],
  [PLAIN, '; server_no_context_takeover;client_no_context_takeover'],
  [PLAIN, ' ;\tserver_max_window_bits = 8; client_max_window_bits=15'],
  [WINDOW, '; server_max_window_bits="10"'],
  [WINDOW, '; server_max_window_bits="1\\0"'],
  [WINDOW, '; server_max_window_bits=9'],
  [TAKEOVER, '; server_no_context_takeover'],
])('%s may be answered with permessage-deflate%s', async (id, parameters) => {
  expect(await problemsOf(id, `permessage-deflate${parameters}`)).toEqual([]);
});

test.each([
  ['server_no_context_takeover=1', "server_no_context_takeover may not be '1'"],
  ['client_no_context_takeover="true"', "client_no_context_takeover may not be 'true'"],
  ['client_max_window_bits', 'client_max_window_bits may not be without a value'],
  ['server_max_window_bits', 'server_max_window_bits may not be without a value'],
  ...['7', '16', '08', '1e1', '+9', '9.0', '0x9'].map((bits) => [
    `server_max_window_bits=${bits}`,
    `server_max_window_bits may not be '${bits}'`,
  ]),
  ['client_max_window_bits="07"', "client_max_window_bits may not be '07'"],
  ['server_max_window_bits="1 0"', "server_max_window_bits may not be '1 0'"],
  ['nonsense', "'nonsense' is no parameter"],
  ['__proto__', "'__proto__' is no parameter"],
  ['Client_Max_Window_Bits=10', "'Client_Max_Window_Bits=10' is no parameter"],
  ['client_no_context_takeover; client_no_context_takeover', 'client_no_context_takeover stands twice'],
  ['client_max_window_bits=10; client_max_window_bits="10"', 'client_max_window_bits stands twice'],
  ['', "'' is no parameter"],
  ['\vclient_no_context_takeover', "'\vclient_no_context_takeover' is no parameter"],
  ['client_max_window_bits=', "'client_max_window_bits=' is no parameter"],
  ['client_max_window_bits="10', `'client_max_window_bits="10' is no parameter`],
  ['client_max_window_bits=10=10', "'client_max_window_bits=10=10' is no parameter"],
  [
    'client_no_context_takeover, permessage-deflate',
    "'client_no_context_takeover, permessage-deflate' is no parameter",
  ],
])('an answer with %s is wrong, whatever was offered', async (parameters, problem) => {
  expect(await problemsOf(PLAIN, `permessage-deflate; ${parameters}`)).toEqual([
    `${problem} in permessage-deflate; ${parameters}`,
  ]);
});

test('what a fixture asks for is judged as well', async () => {
  const absent = 'server_max_window_bits is absent in permessage-deflate';
  expect(await problemsOf(WINDOW, 'permessage-deflate')).toEqual([absent]);
  const wide = 'permessage-deflate; server_max_window_bits=11';
  expect(await problemsOf(WINDOW, wide)).toEqual([`server_max_window_bits is over 10 in ${wide}`]);
  const quoted = 'permessage-deflate; server_max_window_bits="15"';
  expect(await problemsOf(WINDOW, quoted)).toEqual([`server_max_window_bits is over 10 in ${quoted}`]);
  expect(await problemsOf(TAKEOVER, 'permessage-deflate')).toEqual([
    'server_no_context_takeover is absent in permessage-deflate',
  ]);
  const unasked = 'permessage-deflate; client_max_window_bits=10';
  expect(await problemsOf('windows/client-not-offered-server', unasked)).toEqual([
    `client_max_window_bits must not be in ${unasked}`,
  ]);
});

test('another extension, another status, and another decision are wrong', async () => {
  expect(await problemsOf(PLAIN, 'x-unknown')).toEqual(['answered x-unknown']);
  expect(await problemsOf(PLAIN, 'permessage-deflate, x-unknown')).toEqual(['answered permessage-deflate, x-unknown']);
  expect(await problemsOf(PLAIN, 'permessage-deflate', 400)).toEqual(['answered 400, expected 101']);
  expect(await problemsOf(PLAIN, undefined)).toEqual(['not accepted']);
  expect(await problemsOf('windows/server-7-server', 'permessage-deflate')).toEqual(['accepted as permessage-deflate']);
});
