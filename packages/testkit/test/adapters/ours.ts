import { UsageError } from '../../src/index.js';

/** What a call of Sokker answers. A runner takes any error for a refusal: one without a code of ours is a crash. */
export function ours<Answer>(call: () => Answer): Answer {
  try {
    return call();
  } catch (error) {
    const { code } = Object(error) as { code?: unknown };
    if (typeof code === 'string' && code.startsWith('ERR_SOKKER_')) throw error;
    throw new UsageError('ERR_SOKKER_ARGUMENT', `this is no refusal: ${String(error)}`);
  }
}
