/** Rows of family F that a client judges: answers to what it offered (RFC 7692 §7.1). */
import type { NegotiationRow } from './negotiation.js';

export const NAME = 'permessage-deflate';

export function judgements(): NegotiationRow[] {
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
  const plain: NegotiationRow[] = rows.map(([name, asked, answer, accepts, section, why]) => {
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
