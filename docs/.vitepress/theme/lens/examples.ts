import type { Role } from '@sokker/frame';

export interface Example {
  readonly name: string;
  readonly role: Role;
  readonly hex: string;
  /** RSV1 was granted to an extension. */
  readonly coded?: true;
}

/** Sound ones first, then one for each kind of fault. Those of RFC 6455 §5.7 are among them. */
export const EXAMPLES: readonly Example[] = [
  { name: 'Masked text', role: 'server', hex: '81 85 37 fa 21 3d 7f 9f 4d 51 58' },
  { name: 'Fragments, a Ping between', role: 'client', hex: '01 03 48 65 6c 89 05 48 65 6c 6c 6f 80 02 6c 6f' },
  { name: 'Two-byte length', role: 'client', hex: `82 7e 00 80 ${'2a '.repeat(128).trim()}` },
  { name: 'Compressed', role: 'client', hex: 'c1 07 f2 48 cd c9 c9 07 00', coded: true },
  { name: 'Close 1001', role: 'client', hex: '88 0c 03 e9 67 6f 69 6e 67 20 61 77 61 79' },
  { name: 'Cut short', role: 'server', hex: '82 fe 01 00 0a 0b 0c 0d 11 22 33' },
  { name: 'Not masked', role: 'server', hex: '81 05 48 65 6c 6c 6f' },
  { name: 'Bad UTF-8', role: 'client', hex: '81 09 63 61 66 c3 a9 20 ed a0 80' },
  { name: 'Wasteful length', role: 'client', hex: '81 7e 00 05 48 65 6c 6c 6f' },
  { name: 'Reserved opcode', role: 'client', hex: '83 00' },
  { name: 'Message inside a message', role: 'client', hex: '01 03 48 65 6c 81 02 6c 6f' },
  { name: 'Close code 1005', role: 'client', hex: '88 02 03 ed' },
];
