/** Family F: negotiation of permessage-deflate (RFC 6455 §9.1; RFC 7692 §5.1, §7.1). */
import type { Family, NegotiationExpectation, NegotiationFixture, Role } from '../src/fixture.js';
import { rule } from './frame-fixture.js';

const NAME = 'permessage-deflate';

interface Row {
  readonly name: string;
  readonly why: string;
  readonly rfc?: string;
  readonly section: string;
  readonly offer: string | readonly string[];
  readonly answer?: string | readonly string[];
  readonly expect: Partial<NegotiationExpectation>;
}

export function negotiationFamily(): Family<NegotiationFixture> {
  const fixtures = [
    ...[...grammar(), ...declined(), ...windows(), ...answers(), ...lists()].map((row) => fixture(row, 'server')),
    ...judgements().map((row) => fixture(row, 'client')),
  ];
  return { family: 'negotiation', letter: 'F', title: 'Extension negotiation', kind: 'negotiation', fixtures };
}

function fixture(row: Row, role: Role): NegotiationFixture {
  const defaults = { accepts: false, requires: {}, forbids: [], atMost: {} };
  return {
    id: `negotiation/${row.name}-${role}`,
    role,
    offer: [row.offer].flat(),
    answer: row.answer === undefined ? null : [row.answer].flat(),
    expect: { httpStatus: role === 'server' ? 101 : null, ...defaults, ...row.expect },
    rule: rule(row.section, row.rfc),
    why: row.why,
  };
}

function grammar(): Row[] {
  const broken: readonly (readonly [name: string, offer: string, why: string])[] = [
    ['lone-semicolon', ';', 'An extension begins with its name.'],
    ['empty', '', 'The list has at least one member.'],
    ['empty-parameter', `${NAME};;client_max_window_bits`, 'A parameter is not empty.'],
    ['trailing-semicolon', `${NAME};`, 'After a semicolon a parameter must follow.'],
    ['empty-value', `${NAME}; server_max_window_bits=`, 'After an equals sign a value must follow.'],
    ['unfinished-quote', `${NAME}; server_max_window_bits="10`, 'A quoted value must end.'],
    ['quoted-space', `${NAME}; server_max_window_bits="1 0"`, 'A quoted value must be a token once unquoted.'],
    ['quoted-empty', `${NAME}; server_max_window_bits=""`, 'A quoted value must be a token once unquoted.'],
    ['equals-without-name', `${NAME}; =10`, 'A parameter has a name.'],
    ['space-in-name', 'permessage deflate', 'A name is one token.'],
    ['control-character', `${NAME}\u0001`, 'A control character is in no token.'],
    ['not-ascii', `${NAME}\u00e4`, 'A byte over 7f is in no token.'],
    ['slash', 'x/y', 'A separator is in no token.'],
  ];
  return broken.map(([name, offer, why]) => ({
    name: `grammar/${name}`,
    why,
    section: '9.1',
    offer,
    expect: { httpStatus: 400 },
  }));
}

function declined(): Row[] {
  const rfc = '7692';
  const bad: readonly (readonly [name: string, parameters: string, why: string])[] = [
    ['undefined-parameter', 'nonsense', 'a parameter that is not defined'],
    ['prototype-parameter', '__proto__', 'a parameter that is not defined, whatever it is called'],
    ['repeated-parameter', 'client_no_context_takeover; client_no_context_takeover', 'a parameter given twice'],
    ['repeated-window', 'server_max_window_bits=10; server_max_window_bits=11', 'a parameter given twice'],
    ['takeover-with-value', 'server_no_context_takeover=1', 'a value where none may be'],
    ['client-takeover-with-value', 'client_no_context_takeover=true', 'a value where none may be'],
  ];
  const rows: Row[] = bad.map(([name, parameters, why]) => ({
    name: `declined/${name}`,
    why: `An offer with ${why} is declined; the connection opens without it.`,
    rfc,
    section: '7.1',
    offer: `${NAME}; ${parameters}`,
    expect: {},
  }));
  return [
    ...rows,
    {
      name: 'declined/unknown-extension',
      why: 'An extension that the server does not know is passed over.',
      section: '9.1',
      offer: 'x-unknown; level=9',
      expect: {},
    },
    {
      name: 'declined/then-good-offer',
      why: 'A declined offer is no refusal: the next one is taken.',
      rfc,
      section: '5.1',
      offer: `${NAME}; nonsense, ${NAME}; server_no_context_takeover`,
      expect: { accepts: true, requires: { server_no_context_takeover: true }, forbids: ['nonsense'] },
    },
    {
      name: 'declined/then-good-window',
      why: 'An offer with an impossible window is declined, the next one taken.',
      rfc,
      section: '5.1',
      offer: `${NAME}; server_max_window_bits=7, ${NAME}`,
      expect: { accepts: true },
    },
    {
      name: 'declined/unknown-then-known',
      why: 'Unknown extensions before a known one change nothing.',
      section: '9.1',
      offer: `constructor, x-unknown; a="b", ${NAME}`,
      expect: { accepts: true },
    },
  ];
}

function windows(): Row[] {
  const rfc = '7692';
  const impossible = ['7', '16', '08', '+9', '9.0', '1e1', '0', '1000', '9999999999', '"07"'];
  const possible = ['8', '9', '10', '15', '"10"'];
  const unquoted = (value: string): string => value.replaceAll('"', '');
  const slug = (value: string): string =>
    value.includes('"') ? `quoted-${unquoted(value)}` : value.replace('+', 'plus-');
  return [
    ...impossible.map((value) => ({
      name: `windows/server-${slug(value)}`,
      why: `server_max_window_bits=${value} is no number from 8 to 15 without a leading zero: the offer is declined.`,
      rfc,
      section: '7.1.2.1',
      offer: `${NAME}; server_max_window_bits=${value}`,
      expect: {},
    })),
    {
      name: 'windows/server-without-value',
      why: 'server_max_window_bits must have a value: the offer is declined.',
      rfc,
      section: '7.1.2.1',
      offer: `${NAME}; server_max_window_bits`,
      expect: {},
    },
    ...possible.map((value) => ({
      name: `windows/server-${slug(value)}`,
      why: `A server that accepts server_max_window_bits=${value} says so, with that number or a smaller one.`,
      rfc,
      section: '7.1.2.1',
      offer: `${NAME}; server_max_window_bits=${value}`,
      expect: { accepts: true, atMost: { server_max_window_bits: Number(unquoted(value)) } },
    })),
    ...['7', '16', '08'].map((value) => ({
      name: `windows/client-${value}`,
      why: `client_max_window_bits=${value} is no number from 8 to 15 without a leading zero: the offer is declined.`,
      rfc,
      section: '7.1.2.2',
      offer: `${NAME}; client_max_window_bits=${value}`,
      expect: {},
    })),
    {
      name: 'windows/client-without-value',
      why: 'client_max_window_bits may stand without a value: the client can use a smaller window if asked to.',
      rfc,
      section: '7.1.2.2',
      offer: `${NAME}; client_max_window_bits`,
      expect: { accepts: true },
    },
    {
      name: 'windows/client-12',
      why: 'client_max_window_bits with a value is a hint; an answer does not ask for a larger window.',
      rfc,
      section: '7.1.2.2',
      offer: `${NAME}; client_max_window_bits=12`,
      expect: { accepts: true, atMost: { client_max_window_bits: 12 } },
    },
    {
      name: 'windows/client-not-offered',
      why: 'Without client_max_window_bits in the offer the answer must not have it.',
      rfc,
      section: '7.1.2.2',
      offer: NAME,
      expect: { accepts: true, forbids: ['client_max_window_bits'] },
    },
  ];
}

function answers(): Row[] {
  const rfc = '7692';
  return [
    {
      name: 'answers/server-no-context-takeover',
      why: 'A server that accepts server_no_context_takeover must say so.',
      rfc,
      section: '7.1.1.1',
      offer: `${NAME}; server_no_context_takeover`,
      expect: { accepts: true, requires: { server_no_context_takeover: true } },
    },
    {
      name: 'answers/client-no-context-takeover',
      why: 'client_no_context_takeover in an offer is a hint, which any answer fits.',
      rfc,
      section: '7.1.1.2',
      offer: `${NAME}; client_no_context_takeover`,
      expect: { accepts: true },
    },
    {
      name: 'answers/all-parameters',
      why: 'All four parameters at once.',
      rfc,
      section: '7.1.3',
      offer: `${NAME}; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=11`,
      expect: {
        accepts: true,
        requires: { server_no_context_takeover: true },
        atMost: { server_max_window_bits: 10, client_max_window_bits: 11 },
      },
    },
  ];
}

function lists(): Row[] {
  return [
    {
      name: 'lists/two-lines',
      why: 'Several header lines are one list.',
      section: '9.1',
      offer: ['x-unknown', NAME],
      expect: { accepts: true },
    },
    {
      name: 'lists/empty-members',
      why: 'Empty members of a list are passed over.',
      rfc: '9110',
      section: '5.6.1',
      offer: `, ${NAME},, `,
      expect: { accepts: true },
    },
    {
      name: 'lists/spaces',
      why: 'Blanks and tabs may stand between any two words.',
      section: '9.1',
      offer: `${NAME}\t ;  server_max_window_bits =\t"12" `,
      expect: { accepts: true, atMost: { server_max_window_bits: 12 } },
    },
    {
      name: 'lists/64-offers',
      why: '64 offers are read to the last.',
      section: '9.1',
      offer: `${Array.from({ length: 63 }, (_, at) => `x-${at}`).join(', ')}, ${NAME}`,
      expect: { accepts: true },
    },
    {
      name: 'lists/only-once',
      why: 'Of several good offers one is taken, the first.',
      rfc: '7692',
      section: '5.1',
      offer: `${NAME}; server_max_window_bits=9, ${NAME}; server_no_context_takeover`,
      expect: { accepts: true, atMost: { server_max_window_bits: 9 } },
    },
  ];
}

function judgements(): Row[] {
  const rfc = '7692';
  const offer = `${NAME}; client_max_window_bits`;
  type Judgement = readonly [
    name: string,
    offer: string,
    answer: string | string[],
    accepts: boolean,
    section: string,
    why: string,
  ];
  const rows: readonly Judgement[] = [
    ['plain', offer, NAME, true, '7.1', 'The plain answer opens the connection.'],
    ['parameter-undefined', offer, `${NAME}; nonsense`, false, '7.1', 'An undefined parameter fails the connection.'],
    [
      'parameter-twice',
      offer,
      `${NAME}; server_no_context_takeover; server_no_context_takeover`,
      false,
      '7.1',
      'A parameter given twice fails the connection.',
    ],
    [
      'takeover-with-value',
      offer,
      `${NAME}; server_no_context_takeover=1`,
      false,
      '7.1.1.1',
      'A value where none may be fails the connection.',
    ],
    [
      'unasked-server-takeover',
      NAME,
      `${NAME}; server_no_context_takeover`,
      true,
      '7.1.1.1',
      'A server may give up its own context unasked.',
    ],
    [
      'unasked-client-takeover',
      NAME,
      `${NAME}; client_no_context_takeover`,
      true,
      '7.1.1.2',
      'A server may ask the client to give up its context.',
    ],
    [
      'unasked-server-window',
      NAME,
      `${NAME}; server_max_window_bits=10`,
      true,
      '7.1.2.1',
      'A server may use a smaller window unasked.',
    ],
    [
      'unasked-client-window',
      NAME,
      `${NAME}; client_max_window_bits=10`,
      false,
      '7.1.2.2',
      'A server must not ask for a smaller window that was not offered.',
    ],
    [
      'client-window',
      offer,
      `${NAME}; client_max_window_bits=10`,
      true,
      '7.1.2.2',
      'A server may ask for a smaller window that was offered.',
    ],
    [
      'client-window-without-value',
      offer,
      `${NAME}; client_max_window_bits`,
      false,
      '7.1.2.2',
      'In an answer client_max_window_bits must have a value.',
    ],
    [
      'server-window-too-large',
      `${NAME}; server_max_window_bits=10`,
      `${NAME}; server_max_window_bits=12`,
      false,
      '7.1.2.1',
      'The server must keep to the window that was asked for.',
    ],
    [
      'server-window-missing',
      `${NAME}; server_max_window_bits=10`,
      NAME,
      false,
      '7.1.2.1',
      'A server that accepts server_max_window_bits must say so.',
    ],
    [
      'server-takeover-missing',
      `${NAME}; server_no_context_takeover`,
      NAME,
      false,
      '7.1.1.1',
      'A server that accepts server_no_context_takeover must say so.',
    ],
    ...['0', '7', '16', '1000', '08', '""', '9999999999'].map((bits): Judgement => [
      `server-window-${bits === '""' ? 'empty' : bits}`,
      offer,
      `${NAME}; server_max_window_bits=${bits}`,
      false,
      '7.1.2.1',
      `server_max_window_bits=${bits} is no number from 8 to 15: the connection fails, and nothing crashes.`,
    ]),
    ['grammar', offer, `${NAME};`, false, '7.1', 'An answer that breaks the grammar fails the connection.'],
  ];
  const plain: Row[] = rows.map(([name, asked, answer, accepts, section, why]) => {
    return { name: `answer/${name}`, why, rfc, section, offer: asked, answer, expect: { accepts } };
  });
  return [
    ...plain,
    {
      name: 'answer/not-offered',
      why: 'An extension that was not offered fails the connection.',
      section: '4.1',
      offer,
      answer: 'x-unknown',
      expect: {},
    },
    {
      name: 'answer/extension-twice',
      why: 'The same extension twice fails the connection.',
      section: '9.1',
      offer,
      answer: `${NAME}, ${NAME}`,
      expect: {},
    },
    {
      name: 'answer/header-twice',
      why: 'The header must not stand twice in a response.',
      section: '11.3.2',
      offer,
      answer: [NAME, NAME],
      expect: {},
    },
  ];
}
