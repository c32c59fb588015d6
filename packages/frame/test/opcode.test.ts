import { isControl, isReserved, Opcode } from '../src/index.js';

test('the opcodes of RFC 6455 §11.8', () => {
  expect(Opcode).toEqual({ continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 });
});

test.each(Array.from({ length: 16 }, (_, opcode) => opcode))(
  'opcode %i is data, control or reserved (§5.2, §5.5)',
  (opcode) => {
    const known = Object.values(Opcode).some((each) => each === opcode);
    expect(isReserved(opcode)).toBe(!known);
    expect(isControl(opcode)).toBe((opcode & 8) !== 0);
  },
);
