/** Family F: negotiation of permessage-deflate (RFC 6455 §9.1; RFC 7692 §5.1, §7.1). */
import type { Family, NegotiationExpectation, NegotiationFixture, Role } from '../src/fixture.js';
import { rule } from './frame-fixture.js';
import { judgements, NAME } from './negotiation-answers.js';
import { grammar } from './negotiation-grammar.js';

export interface NegotiationRow {
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

function fixture(row: NegotiationRow, role: Role): NegotiationFixture {
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

function declined(): NegotiationRow[] {
  const rfc = '7692';
  const bad: readonly (readonly [name: string, parameters: string, why: string])[] = [
    ['undefined-parameter', 'nonsense', 'a parameter that is not defined'],
    ['prototype-parameter', '__proto__', 'a parameter that is not defined, whatever it is called'],
    ['repeated-parameter', 'client_no_context_takeover; client_no_context_takeover', 'a parameter given twice'],
    ['repeated-window', 'server_max_window_bits=10; server_max_window_bits=11', 'a parameter given twice'],
    ['takeover-with-value', 'server_no_context_takeover=1', 'a value where none may be'],
    ['client-takeover-with-value', 'client_no_context_takeover=true', 'a value where none may be'],
  ];
  const rows: NegotiationRow[] = bad.map(([name, parameters, why]) => ({
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

function windows(): NegotiationRow[] {
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

function answers(): NegotiationRow[] {
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

function lists(): NegotiationRow[] {
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
