// Inputs of which nothing comes are taken without Node's knowledge. A program that makes no mistake cannot tell: the same
// calls are made on a stream of which Node knows every input.
import { Transform } from 'node:stream';
import fc from 'fast-check';
import { PullTransform } from '../src/pull-transform.js';
import type { Stage } from '../src/stage.js';
import { settled } from './streams.js';

/** Each byte gives as many items as it says in its lower six bits; one of 0x80 and more fails after them. */
class Counts implements Stage<Buffer, string> {
  #bytes: number[] = [];
  #left = 0;
  #fails = false;

  write(chunk: Buffer): void {
    this.#bytes = [...chunk];
  }

  next(): string | undefined {
    while (this.#left === 0) {
      if (this.#fails) throw new Error('failed');
      const byte = this.#bytes.shift();
      if (byte === undefined) return undefined;
      this.#left = byte & 0x3f;
      this.#fails = byte >= 0x80;
    }
    return `item ${this.#left--}`;
  }

  end(): void {
    if (this.#left > 0) throw new Error('something is left');
  }
}

const OPTIONS = { readableObjectMode: true, readableHighWaterMark: 4, writableHighWaterMark: 16 };

/** Node's own `write`. */
class Plain extends PullTransform {
  override write(...given: unknown[]): boolean {
    return Transform.prototype.write.apply(this, given as [unknown, BufferEncoding]);
  }
}

type Step =
  | { readonly call: 'write' | 'told' | 'end'; readonly bytes: readonly number[] }
  | { readonly call: 'finish' | 'cork' | 'uncork' | 'pause' | 'resume' | 'read' | 'destroy' | 'throw' | 'wait' };

interface Script {
  /** What the program calls, and what a listener does at each item. */
  readonly steps: readonly Step[];
  readonly inside: readonly (Step | undefined)[];
}

const bytes = fc.array(fc.oneof({ weight: 30, arbitrary: fc.nat(6) }, fc.constantFrom(40, 0x80, 0x83)), {
  maxLength: 4,
});
const writing = fc.record({ call: fc.constantFrom('write' as const, 'write' as const, 'told' as const), bytes });
const rare = fc.oneof(
  fc.record({ call: fc.constant('end' as const), bytes }),
  fc.record({ call: fc.constantFrom('finish' as const, 'cork' as const, 'uncork' as const, 'destroy' as const) }),
);
const flowing = fc.record({ call: fc.constantFrom('pause' as const, 'resume' as const, 'read' as const) });
const waiting = fc.record({ call: fc.constant('wait' as const) });
const throwing = fc.record({ call: fc.constant('throw' as const) });
const step = fc.oneof(
  { weight: 10, arbitrary: writing },
  { weight: 4, arbitrary: waiting },
  { weight: 2, arbitrary: flowing },
  { weight: 1, arbitrary: rare },
);
const insideStep = fc.oneof(
  { weight: 8, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: writing },
  { weight: 2, arbitrary: flowing },
  { weight: 1, arbitrary: fc.oneof(rare, rare, throwing) },
);
const scripts: fc.Arbitrary<Script> = fc.record({
  steps: fc.array(step, { maxLength: 12 }),
  inside: fc.array(insideStep, { maxLength: 12 }),
});

/** Everything that a program sees, in its order. */
async function run(Stream: typeof PullTransform, writableObjectMode: boolean, script: Script): Promise<unknown> {
  const stream = new Stream(new Counts(), { ...OPTIONS, writableObjectMode });
  const seen: unknown[] = [];
  for (const event of ['end', 'close', 'drain', 'finish']) stream.on(event, () => seen.push(event));
  stream.on('error', (error: Error & { code?: string }) => seen.push(error.code ?? error.message));
  let calls = 0;
  const within = (call: () => void): void => {
    calls++;
    call();
    calls--;
  };
  const perform = (step: Step | undefined): void => {
    // It fails, and ends the stream before what waits is through, or behind it.
    if (stream.writableEnded && step !== undefined && 'bytes' in step) return;
    switch (step?.call) {
      case 'write':
        return within(() => seen.push(stream.write(Buffer.from(step.bytes))));
      case 'told':
        return within(() =>
          seen.push(stream.write(Buffer.from(step.bytes), (error) => seen.push(error?.message ?? 'done'))),
        );
      case 'end':
        return within(() => stream.end(Buffer.from(step.bytes)));
      case 'finish':
        return void stream.end();
      case 'read':
        return void seen.push(['read', stream.read()]);
      case 'destroy':
        return void stream.destroy();
      case 'throw':
        // In a turn of its own, it would be nobody's to catch.
        if (calls > 0) throw new Error('thrown');
        return;
      case 'cork':
      case 'uncork':
      case 'pause':
      case 'resume':
        return void stream[step.call]();
    }
  };
  const inside = [...script.inside];
  stream.on('data', (item) => {
    seen.push([item, stream.writableLength]);
    perform(inside.shift());
  });
  for (const step of script.steps) {
    // In one turn with a failure, the one or the other comes first; with an end, it has finished by then, or not.
    if (step.call === 'destroy') await settled(1);
    if (step.call !== 'wait') perform(step);
    if (step.call === 'wait' || stream.writableEnded) await settled(1);
  }
  await settled(8);
  while (stream.writableCorked > 0) stream.uncork();
  stream.resume();
  await settled(8);
  const { destroyed, readableEnded, writableFinished } = stream;
  const left = destroyed ? [] : [stream.readableLength, stream.writableLength, stream.writableNeedDrain];
  return { seen, destroyed, readableEnded, writableFinished, left };
}

test.each([
  ['bytes', false],
  ['objects', true],
])('a program cannot tell that Node did not know of an input: %s', async (_, objects) => {
  await fc.assert(
    fc.asyncProperty(scripts, async (script) => {
      expect(await run(PullTransform, objects, script)).toEqual(await run(Plain, objects, script));
    }),
    { numRuns: 2000 },
  );
});
