/** Runs family J: what an encoder writes. */
import { givenBytes, passOn } from './arguments.js';
import type { EncoderFixture, EncoderInput } from './fixture.js';
import { bytesOf } from './hex.js';
import { registerFixtures, type Adapter, type TestFunction } from './runner.js';

/** The adapter to write. Inputs that the implementation has no call for are named by `pending`. */
export interface EncoderImplementation extends Adapter<EncoderFixture> {
  /**
   * Everything that goes out for this input, frames one after the other. Throws when the call is refused.
   *
   * @param maskingKey the key for every frame; `undefined` in role server
   */
  encode(input: EncoderInput, maskingKey: Buffer | undefined): Buffer | Promise<Buffer>;
}

/** Registers one test per fixture. */
export function runEncoderFixtures(
  implementation: EncoderImplementation,
  test: TestFunction,
  fixtures: readonly EncoderFixture[],
): void {
  registerFixtures(fixtures, implementation, test, (fixture) => compareEncoder(implementation, fixture));
}

/** Judges an encoder on one fixture; nothing wrong is an empty list. */
export async function compareEncoder(
  implementation: EncoderImplementation,
  { input, maskingKey, expect }: EncoderFixture,
): Promise<readonly string[]> {
  let encoded: Buffer;
  try {
    encoded = await implementation.encode(input, maskingKey === null ? undefined : Buffer.from(maskingKey, 'hex'));
  } catch (error) {
    passOn(error);
    return expect === null ? [] : [`refused: ${String(error)}`];
  }
  const bytes = givenBytes('what encode returns', encoded);
  if (expect === null) return [`wrote ${bytes.toString('hex').slice(0, 80)}, expected a refusal`];
  const wanted = bytesOf(expect.hex);
  if (bytes.equals(wanted)) return [];
  return [`wrote ${bytes.toString('hex').slice(0, 80)}, expected ${wanted.toString('hex').slice(0, 80)}`];
}
