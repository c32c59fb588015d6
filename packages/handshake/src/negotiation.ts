import { HandshakeError, UsageError, violation } from './errors.js';
import { formatExtension, type ExtensionEntry, type ExtensionParameters } from './extension-header.js';
import { isToken } from './octets.js';
import { optionError } from './options.js';

/**
 * An extension as both ends negotiate it (RFC 6455 §9.1). What was agreed becomes a session, which this package hands
 * on without looking into it.
 */
export interface Extension<Session = unknown> {
  /** Its registered token. */
  readonly name: string;
  /** Client: what to ask for, most wanted first; several offers are alternatives. None: not asked for. */
  offer(): readonly ExtensionParameters[];
  /** Server: takes the first offer it can keep; undefined declines all. Offers that repeat a parameter never come here. */
  accept(
    offers: readonly ExtensionParameters[],
  ): { readonly parameters: ExtensionParameters; readonly session: Session } | undefined;
  /** Client: what the server agreed to. Throws a HandshakeError for what was not asked for. */
  confirm(parameters: ExtensionParameters): Session;
}

/** An extension in use on one connection. */
export interface AgreedExtension<Session = unknown> {
  readonly name: string;
  readonly parameters: ExtensionParameters;
  readonly session: Session;
}

/** Whether an extension that agreed may join those already admitted. */
export type AdmitExtension<Session> = (
  extension: AgreedExtension<Session>,
  admitted: readonly AgreedExtension<Session>[],
) => boolean;

/** @throws UsageError `ERR_SOKKER_OPTION` */
export function checkExtensions(owner: string, extensions: readonly (Extension | string)[]): void {
  if (extensions.length === 0) return;
  const names = new Set<string>();
  for (const extension of extensions) {
    if (typeof extension === 'string') {
      throw optionError(`${owner}: extensions`, 'takes [permessageDeflate()] of @sokker/deflate, not a string');
    }
    const { name, offer, accept, confirm } = Object(extension) as Partial<Record<keyof Extension, unknown>>;
    if (typeof name !== 'string' || !isToken(name))
      throw optionError(`${owner}: extensions`, 'must be named by tokens');
    // Such a function has a name that is a token too.
    if (typeof offer !== 'function' || typeof accept !== 'function' || typeof confirm !== 'function') {
      const hint = 'a function that makes one is called, as in permessageDeflate()';
      throw optionError(`${owner}: extensions`, `must have offer, accept and confirm: ${hint}`);
    }
    if (names.has(name)) throw optionError(`${owner}: extensions`, `has '${name}' twice`);
    names.add(name);
  }
}

/**
 * The server's part. The client's order is the order of preference (RFC 6455 §9.1), of extensions and of the offers for
 * one extension. Unknown extensions are passed over.
 */
export function agreeExtensions<Session>(
  offered: readonly ExtensionEntry[],
  extensions: readonly Extension<Session>[],
  admit: AdmitExtension<Session> = () => true,
): AgreedExtension<Session>[] {
  const admitted: AgreedExtension<Session>[] = [];
  if (extensions.length === 0) return admitted;
  for (const [name, offers] of offersByName(offered)) {
    const agreement = extensions.find((extension) => extension.name === name)?.accept(offers);
    if (agreement === undefined) continue;
    const agreed = { name, parameters: agreement.parameters, session: agreement.session };
    if (admit(agreed, admitted)) admitted.push(agreed);
  }
  return admitted;
}

function offersByName(offered: readonly ExtensionEntry[]): Map<string, ExtensionParameters[]> {
  const byName = new Map<string, ExtensionParameters[]>();
  for (const { name, parameters, repeated } of offered) {
    if (repeated !== undefined) continue;
    const offers = byName.get(name);
    if (offers === undefined) byName.set(name, [parameters]);
    else offers.push(parameters);
  }
  return byName;
}

/** The client's part, first half: the value of the header, and the extensions that have an offer in it. */
export function offerExtensions<Session>(extensions: readonly Extension<Session>[]): {
  readonly value: string;
  readonly asked: readonly Extension<Session>[];
} {
  const asked: Extension<Session>[] = [];
  const members: string[] = [];
  for (const extension of extensions) {
    const offers = extension.offer();
    if (offers.length > 0) asked.push(extension);
    for (const parameters of offers) members.push(formatExtension(extension.name, parameters));
  }
  return { value: members.join(', '), asked };
}

/**
 * The client's part, second half: each member of the response must be an extension that was asked for, once.
 * @throws HandshakeError without status
 */
export function confirmExtensions<Session>(
  agreed: readonly ExtensionEntry[],
  asked: readonly Extension<Session>[],
): AgreedExtension<Session>[] {
  const confirmed: AgreedExtension<Session>[] = [];
  for (const { name, parameters, repeated } of agreed) {
    const extension = asked.find((each) => each.name === name);
    if (extension === undefined) throw violation('ERR_SOKKER_EXTENSION_UNASKED', { role: 'client', detail: cut(name) });
    if (confirmed.some((each) => each.name === name)) {
      throw violation('ERR_SOKKER_EXTENSION_TWICE', { role: 'client', detail: cut(name) });
    }
    if (repeated !== undefined) throw badParameters(`${cut(name)} repeats ${cut(repeated)}`);
    confirmed.push({ name, parameters, session: confirm(extension, parameters) });
  }
  return confirmed;
}

function confirm<Session>(extension: Extension<Session>, parameters: ExtensionParameters): Session {
  try {
    return extension.confirm(parameters);
  } catch (cause) {
    if (cause instanceof HandshakeError || cause instanceof UsageError) throw cause;
    throw badParameters(extension.name, cause);
  }
}

function badParameters(detail: string, cause?: unknown): Error {
  return violation('ERR_SOKKER_EXTENSION_PARAMETERS', { role: 'client', detail, cause });
}

/** Tokens are printable; only their length is the peer's to choose. */
function cut(token: string): string {
  return token.slice(0, 64);
}
