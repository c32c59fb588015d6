import { noRecursion } from '../../src/lint/no-recursion.js';
import { testRule } from './rule-tester.js';

testRule('no-recursion', noRecursion, {
  valid: [
    'function next() { return step(); } function step() { return 1; }',
    'function flush() { queueMicrotask(() => flush()); }',
    'class Decoder { next() { return this.read(); } read() { return other.next(); } }',
    'class A { next() { return 1; } } class B { read() { return this.next(); } next() { return 2; } }',
    'class Decoder { next() { return this.#next(); } #next() { return 1; } }',
    'next(); function next() {}',
    'class Coder extends Base { close() { super.close(); } }',
  ],
  invalid: [
    ['function next() { return next(); }', 1],
    ['const next = () => next();', 1],
    ['const next = function () { return next(); };', 1],
    ['function next() { step(); } function step() { next(); }', 2],
    ['class Decoder { next() { return this.next(); } }', 1],
    ['class Decoder { #next() { if (more) this.#next(); } }', 1],
    ['class Decoder { flush = () => { this.flush(); }; }', 1],
    ['class Decoder { async read() { await this.next(); } next() { return this.read(); } }', 2],
    ['export default class { next() { this.next(); } }', 1],
  ],
});
