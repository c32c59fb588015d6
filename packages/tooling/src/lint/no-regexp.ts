import { houseRule } from './rule.js';

/** A pattern that backtracks on a peer's bytes is a way to stop the event loop (CVE-2021-32640 in `ws`). */
export const noRegexp = houseRule({
  description: 'No regular expression where bytes of a peer are read',
  message: 'No regular expression here: read the bytes in one pass, with a table or a loop.',
  visit: (report) => ({
    'Literal[regex]': report,
    'Identifier[name="RegExp"]': report,
    // These make a pattern out of a string.
    'CallExpression > MemberExpression.callee > Identifier.property[name=/^(match|matchAll|search)$/]': report,
  }),
});
