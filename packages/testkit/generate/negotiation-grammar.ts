/** Rows of family F that break the grammar of the header (RFC 6455 §9.1). */
import type { NegotiationRow } from './negotiation.js';
import { NAME } from './negotiation-answers.js';

export function grammar(): NegotiationRow[] {
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
