/** What is measured in process: one message size and kind, fed or sent in one manner. */
import type { PayloadKind } from '../load/payloads.js';

export const SUBJECTS = ['ws', 'ws-native', 'sokker', 'sokker-core'] as const;
export type SubjectName = (typeof SUBJECTS)[number];

/** How bytes reach a decoder: reads of 64 KiB, one whole frame at a time, or byte by byte. */
export type Feeding = 'reads' | 'frames' | 'bytes';
/** How messages leave an encoder: one a turn, 32 a turn, or one a turn and masked as a client's. */
export type Sending = 'alone' | 'gathered' | 'masked';

interface Case {
  readonly subject: SubjectName;
  readonly payload: PayloadKind;
  readonly bytes: number;
  /** Stop when this much processor time has been measured. */
  readonly budgetMs: number;
}
export interface DecodeJob extends Case {
  readonly kind: 'decode';
  readonly feeding: Feeding;
}
export interface EncodeJob extends Case {
  readonly kind: 'encode';
  readonly sending: Sending;
}
export type CodecJob = DecodeJob | EncodeJob;

export interface CodecResult {
  /** Processor time of the process, garbage collection included, per message. */
  readonly nanoseconds: number;
}
