import { noKeyedObject } from '../../src/lint/no-keyed-object.js';
import { testRule } from './rule-tester.js';

const given = 'declare const name: string; declare const table: Record<string, number>; ';

testRule(
  'no-keyed-object',
  noKeyedObject,
  {
    valid: [
      `${given} new Map<string, number>().set(name, 1);`,
      'declare const bytes: Buffer; for (let at = 0; at < bytes.length; at++) bytes[at] = 0;',
      "declare const role: 'client' | 'server'; const first = { client: 1, server: 2 }[role];",
      'declare const index: number; const digits = `0123`[index];',
      'class Counter { #value = 0; static is(o: object): boolean { return #value in o; } }',
      'const kind = Symbol(); const value = { [kind]: 1 };',
      "const known = 'a' in { a: 1 };",
      'function pick<Key extends "a" | "b">(of: Record<Key, number>, key: Key) { return of[key]; }',
    ],
    invalid: [
      [`${given} table[name] = 1;`, 1],
      [`${given} const value = table[name];`, 1],
      [`${given} const value = { [name]: 1 };`, 1],
      [`${given} const { [name]: value } = table;`, 1],
      [`${given} if (name in table) delete table[name];`, 2],
      [`${given} table[\`x-\${name}\`] = 1;`, 1],
      [`${given} declare const maybe: string | number; table[maybe] = 1;`, 1],
      ['function pick<Key extends string>(of: Record<Key, number>, key: Key) { return of[key]; }', 1],
    ],
  },
  'types',
);
