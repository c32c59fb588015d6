import type { Violation } from '@sokker/frame';

/** Rules for compressed messages that a peer can break. docs/errors.md is printed from these tables. */
export const VIOLATIONS = {
  ERR_SOKKER_DEFLATE_DATA: {
    closeCode: 1007,
    section: 'RFC 7692 §7.2.2',
    text: 'a compressed message is not valid DEFLATE data',
  },
  ERR_SOKKER_DEFLATE_EMPTY: {
    closeCode: 1007,
    section: 'RFC 7692 §7.2.3.6',
    text: 'a compressed message has no bytes; even the empty message has one',
  },
  ERR_SOKKER_DEFLATE_UNFINISHED: {
    closeCode: 1007,
    section: 'RFC 7692 §7.2.1',
    text: 'a compressed message does not end where an empty stored block lost its last four bytes',
  },
  ERR_SOKKER_DEFLATE_FINAL_BLOCKS: {
    closeCode: 1007,
    section: 'RFC 7692 §7.2.3.4',
    text: 'a compressed message goes on after more than 16 final blocks',
  },
} as const satisfies Record<string, Violation>;
export type ViolationCode = keyof typeof VIOLATIONS;

/** Bounds that we set and a peer can cross. */
export const LIMITS = {
  ERR_SOKKER_DEFLATE_RATIO: {
    closeCode: 1009,
    section: 'RFC 7692 §8',
    text: 'a compressed message grows by more than maxRatio',
  },
} as const satisfies Record<string, Violation>;
export type LimitCode = keyof typeof LIMITS;

/** What a server's answer can break; a client judges it, so there is no status. */
export const RESPONSES = {
  ERR_SOKKER_DEFLATE_PARAMETER: {
    section: 'RFC 7692 §7.1',
    text: 'the response has a parameter that is unknown, or a value that the parameter may not have',
  },
  ERR_SOKKER_DEFLATE_WINDOW: {
    section: 'RFC 7692 §7.1.2',
    text: 'the response sets a window larger than the one asked for',
  },
  ERR_SOKKER_DEFLATE_TAKEOVER: {
    section: 'RFC 7692 §7.1.1.1',
    text: 'the response keeps the context that it was asked to give up',
  },
} as const satisfies Record<string, { readonly section: string; readonly text: string }>;
export type ResponseCode = keyof typeof RESPONSES;
