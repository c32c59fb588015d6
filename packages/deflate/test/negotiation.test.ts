import { formatExtension, parseExtensions } from '@sokker/handshake';
import { permessageDeflate, type DeflateOptions } from '../src/index.js';
import { readParameters, writeParameters } from '../src/parameters.js';

const TAKEOVER = { preset: '336KiB' } as const;
const NAME = 'permessage-deflate';

/** What a server answers to a header: its own, or nothing. */
function answer(header: string, options: DeflateOptions): string | undefined {
  const offers = parseExtensions(header).filter(({ repeated }) => repeated === undefined);
  const agreed = permessageDeflate(options).accept(offers.map(({ parameters }) => parameters));
  return agreed && formatExtension(NAME, agreed.parameters);
}

/** `; a; b=1` of each row stands for the parameters; undefined: declined. */
const SERVER: readonly (readonly [options: DeflateOptions, offer: string, answer: string | undefined])[] = [
  [TAKEOVER, '', ''],
  [TAKEOVER, '; client_max_window_bits', ''],
  [TAKEOVER, '; client_max_window_bits=15', ''],
  [TAKEOVER, '; client_max_window_bits=10', '; client_max_window_bits=10'],
  [TAKEOVER, '; client_max_window_bits=8', '; client_max_window_bits=8'],
  [TAKEOVER, '; client_max_window_bits="10"', '; client_max_window_bits=10'],
  [TAKEOVER, '; server_max_window_bits=15', '; server_max_window_bits=15'],
  [TAKEOVER, '; server_max_window_bits=8', '; server_max_window_bits=8'],
  [TAKEOVER, '; server_max_window_bits="12"', '; server_max_window_bits=12'],
  [TAKEOVER, '; server_no_context_takeover', '; server_no_context_takeover'],
  [TAKEOVER, '; client_no_context_takeover', '; client_no_context_takeover'],
  [
    TAKEOVER,
    '; client_max_window_bits=9; server_max_window_bits=10; client_no_context_takeover; server_no_context_takeover',
    '; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=9',
  ],
  [{}, '', '; server_no_context_takeover; client_no_context_takeover'],
  [{ ...TAKEOVER, serverMaxWindowBits: 11 }, '', '; server_max_window_bits=11'],
  [{ ...TAKEOVER, serverMaxWindowBits: 11 }, '; server_max_window_bits=9', '; server_max_window_bits=9'],
  [{ ...TAKEOVER, serverMaxWindowBits: 11 }, '; server_max_window_bits=13', '; server_max_window_bits=11'],
  [{ ...TAKEOVER, clientMaxWindowBits: 11 }, '; client_max_window_bits', '; client_max_window_bits=11'],
  [{ ...TAKEOVER, clientMaxWindowBits: 11 }, '; client_max_window_bits=9', '; client_max_window_bits=9'],
  [{ ...TAKEOVER, clientMaxWindowBits: 11 }, '', undefined],
  ...['7', '16', '08', '+9', '9.0', '1e1', '0x9', '99999999999999999999', '９'.length === 1 ? '1O' : ''].flatMap(
    (bits) => [
      [TAKEOVER, `; server_max_window_bits=${bits}`, undefined] as const,
      [TAKEOVER, `; client_max_window_bits=${bits}`, undefined] as const,
    ],
  ),
  [TAKEOVER, '; server_max_window_bits', undefined],
  [TAKEOVER, '; server_no_context_takeover=1', undefined],
  [TAKEOVER, '; client_no_context_takeover=true', undefined],
  [TAKEOVER, '; server_no_context_takeover; server_no_context_takeover', undefined],
  [TAKEOVER, '; mystery', undefined],
  [TAKEOVER, '; Server_no_context_takeover', undefined],
  [TAKEOVER, '; __proto__', undefined],
  [TAKEOVER, '; constructor=1', undefined],
];

test.each(SERVER)('a server set to %j answers %j with %j', (options, offer, expected) => {
  expect(answer(`${NAME}${offer}`, options)).toBe(expected === undefined ? undefined : `${NAME}${expected}`);
});

test('bad offers are passed over for the first good one (RFC 7692 §7.1)', () => {
  const offers = ['; mystery', '; server_max_window_bits=7', '; server_max_window_bits=9', ''];
  expect(answer(offers.map((offer) => NAME + offer).join(', '), TAKEOVER)).toBe(`${NAME}; server_max_window_bits=9`);
  expect(answer(`${NAME}; mystery`, TAKEOVER)).toBeUndefined();
});

test.each<[DeflateOptions, string]>([
  [TAKEOVER, '; client_max_window_bits'],
  [{}, '; server_no_context_takeover; client_no_context_takeover; client_max_window_bits'],
  [{ ...TAKEOVER, clientMaxWindowBits: 9 }, '; client_max_window_bits=9'],
  [{ preset: '112KiB' }, '; server_max_window_bits=10; client_max_window_bits=10'],
])('a client set to %j offers %j', (options, expected) => {
  const extension = permessageDeflate(options);
  expect(extension.offer().map((offer) => formatExtension(extension.name, offer))).toEqual([`${NAME}${expected}`]);
});

/** The response to a client; undefined: it is fine. */
const CLIENT: readonly (readonly [options: DeflateOptions, response: string, code: string | undefined])[] = [
  [TAKEOVER, '', undefined],
  [TAKEOVER, '; server_no_context_takeover', undefined],
  [TAKEOVER, '; client_no_context_takeover', undefined],
  [TAKEOVER, '; server_max_window_bits=8', undefined],
  [TAKEOVER, '; server_max_window_bits=15; client_max_window_bits=15', undefined],
  [TAKEOVER, '; client_max_window_bits=8', undefined],
  [TAKEOVER, '; client_max_window_bits', 'ERR_SOKKER_DEFLATE_PARAMETER'],
  [TAKEOVER, '; server_max_window_bits', 'ERR_SOKKER_DEFLATE_PARAMETER'],
  ...['0', '7', '16', '1000', '08', '9999999999'].flatMap((bits) => [
    [TAKEOVER, `; server_max_window_bits=${bits}`, 'ERR_SOKKER_DEFLATE_PARAMETER'] as const,
    [TAKEOVER, `; client_max_window_bits=${bits}`, 'ERR_SOKKER_DEFLATE_PARAMETER'] as const,
  ]),
  [TAKEOVER, '; server_no_context_takeover=1', 'ERR_SOKKER_DEFLATE_PARAMETER'],
  [TAKEOVER, '; mystery=1', 'ERR_SOKKER_DEFLATE_PARAMETER'],
  [{ ...TAKEOVER, clientMaxWindowBits: 10 }, '', undefined],
  [{ ...TAKEOVER, clientMaxWindowBits: 10 }, '; client_max_window_bits=11', 'ERR_SOKKER_DEFLATE_WINDOW'],
  [{ ...TAKEOVER, serverMaxWindowBits: 10 }, '; server_max_window_bits=11', 'ERR_SOKKER_DEFLATE_WINDOW'],
  [{ ...TAKEOVER, serverMaxWindowBits: 10 }, '', 'ERR_SOKKER_DEFLATE_WINDOW'],
  [{ ...TAKEOVER, serverMaxWindowBits: 10 }, '; server_max_window_bits=9', undefined],
  [{}, '; server_no_context_takeover', undefined],
  [{}, '', 'ERR_SOKKER_DEFLATE_TAKEOVER'],
];

test.each(CLIENT)('a client set to %j judges %j: %s', (options, response, code) => {
  const [entry] = parseExtensions(`${NAME}${response}`, 'client');
  const confirm = () => permessageDeflate(options).confirm(entry!.parameters);
  if (code === undefined) expect(confirm().name).toBe(NAME);
  else expect(confirm).toThrow(expect.objectContaining({ name: 'HandshakeError', code, status: undefined }));
});

test('each connection has a coder of its own', () => {
  const extension = permessageDeflate();
  const offer = new Map<string, string | true>();
  expect(extension.accept([offer])?.session).not.toBe(extension.accept([offer])?.session);
});

test('parameters survive being written and read', () => {
  const all = {
    serverNoContextTakeover: true,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 8,
    clientMaxWindowBits: true,
  } as const;
  expect(readParameters(writeParameters(all))).toEqual(all);
  expect(readParameters(new Map([['server_max_window_bits', '1'.repeat(1000)]]))).toBe('server_max_window_bits');
});
