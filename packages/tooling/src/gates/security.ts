import type { Findings, Gate, GateContext } from '../gate.js';
import { readNamedTests } from '../named-tests.js';

const PAGE = 'SECURITY.md';

/** That they ran and passed is `npm run check:security`. */
export const security: Gate = {
  name: 'security',
  promise: `each row of the table in ${PAGE} names a test that exists, or says why none applies`,
  check({ tree }: GateContext): Findings {
    if (!tree.has(PAGE)) return { note: '', failures: [`there is no ${PAGE}`] };
    const { tests, bare, rows } = readNamedTests(tree.read(PAGE));
    const absent = tests.filter(({ path, name }) => !tree.has(path) || !tree.read(path).includes(name));
    const failures = [
      ...(rows === 0 ? [`${PAGE}: there is no table of known vulnerabilities`] : []),
      ...bare.map((row) => `${PAGE}:${row} has no test and no reason`),
      ...absent.map(({ path, name, line }) => `${PAGE}:${line}: ${path} has no test '${name}'`),
    ];
    return { note: `${rows} rows, ${tests.length} tests`, failures };
  },
};
