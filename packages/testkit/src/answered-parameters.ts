/** What a server answered for permessage-deflate: read, and checked against RFC 7692 §7.1, whatever was offered. */
import { show } from './options.js';

/** Values by name, unquoted; `true` stands for a parameter without one. */
export type AnsweredParameters = ReadonlyMap<string, string | true>;

/** A name, and perhaps a value, plain or in quotes (RFC 6455 §9.1). */
const PARAMETER = /^([^\s=";,]+)(?:[ \t]*=[ \t]*(?:([^\s=";,]+)|"((?:[^"\\]|\\.)*)"))?$/;

const isFlag = (value: string | true): boolean => value === true;
/** In a response each window has a value, even where the offer's `client_max_window_bits` had none (§7.1.2.2). */
const isWindow = (value: string | true): boolean => value !== true && /^(?:[89]|1[0-5])$/.test(value);

const FITS: ReadonlyMap<string, (value: string | true) => boolean> = new Map([
  ['server_no_context_takeover', isFlag],
  ['client_no_context_takeover', isFlag],
  ['server_max_window_bits', isWindow],
  ['client_max_window_bits', isWindow],
]);

/** Reads what stands behind the extension's name, cut at semicolons; what is wrong with it is in `problems`. */
export function readParameters(parts: readonly string[]): {
  readonly parameters: AnsweredParameters;
  readonly problems: readonly string[];
} {
  const parameters = new Map<string, string | true>();
  const problems: string[] = [];
  for (const part of parts) {
    const [, name = '', plain, quoted] = PARAMETER.exec(part) ?? [];
    const value = plain ?? quoted?.replaceAll(/\\(.)/g, '$1') ?? true;
    const fits = FITS.get(name);
    if (fits === undefined) problems.push(`${show(part)} is no parameter`);
    else if (parameters.has(name)) problems.push(`${name} stands twice`);
    else if (!fits(value)) problems.push(`${name} may not be ${value === true ? 'without a value' : show(value)}`);
    parameters.set(name, value);
  }
  return { parameters, problems };
}
