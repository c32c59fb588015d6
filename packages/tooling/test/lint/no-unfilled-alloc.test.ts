import { noUnfilledAlloc } from '../../src/lint/no-unfilled-alloc.js';
import { testRule } from './rule-tester.js';

const make = 'const bytes = Buffer.allocUnsafe(size);';

testRule('no-unfilled-alloc', noUnfilledAlloc, {
  valid: [
    'const bytes = Buffer.alloc(size);',
    `${make} bytes.fill(0);`,
    `${make} bytes.set(source);`,
    `${make} source.copy(bytes, 0);`,
    `${make} bytes.writeUInt16BE(1);`,
    `${make} const rest = bytes.writeUInt16BE(1);`,
    `${make} randomFillSync(bytes);`,
    `${make} for (let at = 0; at < size; at++) bytes[at] = source[at];`,
    `${make} for (const piece of pieces) { offset += piece.copy(bytes, offset); }`,
    `function make() { ${make} bytes.fill(0); return bytes; }`,
    '// Hot path: 3 times as fast as alloc at 1 KiB.\nconst bytes = Buffer.allocUnsafe(size);',
    '/*\n * Masks.\n * Hot path: every byte passes here.\n */\nfill(Buffer.allocUnsafe(size));',
  ],
  invalid: [
    [make, 1],
    [`${make} send(bytes);`, 1],
    [`${make} count(); bytes.fill(0);`, 1],
    [`${make} other.fill(0);`, 1],
    [`${make} bytes[0] = 1;`, 1],
    [`${make} bytes.copy(target);`, 1],
    ['send(Buffer.allocUnsafe(size));', 1],
    ['this.bytes = Buffer.allocUnsafeSlow(size);', 1],
    ['function f() { return Buffer.allocUnsafe(size); }', 1],
    ['const bytes = Buffer.allocUnsafe(size); // Hot path: said too late', 1],
    ['// Hot path:\nconst bytes = Buffer.allocUnsafe(size);', 1],
  ],
});
