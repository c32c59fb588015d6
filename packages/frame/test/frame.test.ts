import { Slice, wholeFrame } from '../src/index.js';

test('a whole frame is one slice, its length declared', () => {
  const payload = Buffer.from('abc');
  expect(wholeFrame(false, 4, 1, payload)).toEqual(new Slice(false, 4, 1, payload, 3, true, true));
  expect({ ...wholeFrame(true, 0, 2, payload) }).toEqual({
    fin: true,
    rsv: 0,
    opcode: 2,
    payload,
    payloadBytes: 3,
    first: true,
    last: true,
  });
});
