import fc from 'fast-check';
import { WarmSet, type Restable } from '../src/warm-set.js';

class Toy implements Restable {
  warm = false;
  busy = false;

  rest(): boolean {
    if (!this.busy) this.warm = false;
    return !this.busy;
  }
}

function use(set: WarmSet<Toy>, toy: Toy): void {
  toy.warm = true;
  set.touch(toy);
}

test('the one not used for longest is put to rest', () => {
  const set = new WarmSet<Toy>(2);
  const [a, b, c] = [new Toy(), new Toy(), new Toy()];
  for (const toy of [a, b, a, c]) use(set, toy);
  expect([a, b, c].map(({ warm }) => warm)).toEqual([true, false, true]);
});

test('one in use is passed over', () => {
  const set = new WarmSet<Toy>(2);
  const [a, b, c] = [new Toy(), new Toy(), new Toy()];
  a.busy = true;
  for (const toy of [a, b, c]) use(set, toy);
  expect([a, b, c].map(({ warm }) => warm)).toEqual([true, false, true]);
});

test('whoever left is not counted', () => {
  const set = new WarmSet<Toy>(1);
  const [a, b] = [new Toy(), new Toy()];
  use(set, a);
  set.delete(a);
  use(set, b);
  expect([a, b].map(({ warm }) => warm)).toEqual([true, true]);
  expect(set.size).toBe(1);
});

test('with members in use now and then, the bound holds for the others', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(9), fc.boolean())), fc.integer({ min: 1, max: 5 }), (steps, max) => {
      const set = new WarmSet<Toy>(max);
      const toys = Array.from({ length: 10 }, () => new Toy());
      for (const [index, busy] of steps) {
        toys[index]!.busy = busy;
        use(set, toys[index]!);
        const counts = { warm: toys.filter((toy) => toy.warm).length, busy: toys.filter((toy) => toy.busy).length };
        expect(set.size).toBe(counts.warm);
        expect(counts.warm).toBeLessThanOrEqual(max + counts.busy + 1);
      }
    }),
  );
});
