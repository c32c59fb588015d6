import { isCloseCode, MAX_REASON_BYTES } from '@sokker/frame';
import { ConnectionError } from './errors.js';

/** Made where someone is told: most connections end with nobody waiting. @param cause why it ended, where that is known */
export function closed(cause?: Error): Error {
  return new ConnectionError('ERR_SOKKER_CLOSED', cause && { cause });
}

/** What was thrown or rejected with, as an Error. */
export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** The close code that an error of ours stands for where it may stand on the wire. */
export function codeOf(error: Error & { closeCode?: unknown }): number | undefined {
  return isCloseCode(error.closeCode as number) ? (error.closeCode as number) : undefined;
}

/** As much of a text as a reason holds, never cutting a character. */
export function cut(text: string): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(MAX_REASON_BYTES));
  return text.slice(0, read);
}
