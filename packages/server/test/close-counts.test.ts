import { CloseCounts } from '../src/close-counts.js';

/** So many codes, from one on. */
function codes(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

const LIBRARIES = codes(3001, 64);
const APPLICATIONS = codes(4001, 64);

test.each<[string, number[], Record<number, number>]>([
  ['of the protocol', [1000, 1005, 1006, 1000], { 1000: 2, 1005: 1, 1006: 1 }],
  ['of applications, 64', APPLICATIONS, once(APPLICATIONS)],
  ['of libraries, behind 64', [...APPLICATIONS, 3999, 3001], { ...once(APPLICATIONS), 3000: 2 }],
  ['of applications, behind 64', [...LIBRARIES, 4999, 4000], { ...once(LIBRARIES), 4000: 2 }],
  ['one of the 64, again', [...LIBRARIES, 3065, 3064], { ...once(LIBRARIES), 3000: 1, 3064: 2 }],
  ['of the protocol, behind 64', [...LIBRARIES, 1001], { ...once(LIBRARIES), 1001: 1 }],
])('codes %s', (_, given, counted) => {
  const counts = new CloseCounts();
  for (const code of given) counts.add(code);
  expect(counts.values()).toEqual(counted);
});

function once(given: readonly number[]): Record<number, number> {
  return Object.fromEntries(given.map((code) => [code, 1]));
}

test('all that peers may send make 66 at most', () => {
  const counts = new CloseCounts();
  for (const code of codes(3000, 2000).reverse()) counts.add(code);
  const values = counts.values();
  expect([Object.keys(values).length, values[3000], values[4000]]).toEqual([66, 1000, 936]);
});
