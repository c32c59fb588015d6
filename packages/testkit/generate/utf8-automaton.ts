/** UTF-8 after the table of well-formed sequences in RFC 3629 §4, one byte at a time. */

interface Lead {
  readonly from: number;
  readonly to: number;
  readonly following: number;
  /** Range of the second byte; later ones are 80 to bf. */
  readonly second: readonly [number, number];
}

const LEADS: readonly Lead[] = [
  { from: 0x00, to: 0x7f, following: 0, second: [0, 0] },
  { from: 0xc2, to: 0xdf, following: 1, second: [0x80, 0xbf] },
  { from: 0xe0, to: 0xe0, following: 2, second: [0xa0, 0xbf] },
  { from: 0xe1, to: 0xec, following: 2, second: [0x80, 0xbf] },
  { from: 0xed, to: 0xed, following: 2, second: [0x80, 0x9f] },
  { from: 0xee, to: 0xef, following: 2, second: [0x80, 0xbf] },
  { from: 0xf0, to: 0xf0, following: 3, second: [0x90, 0xbf] },
  { from: 0xf1, to: 0xf3, following: 3, second: [0x80, 0xbf] },
  { from: 0xf4, to: 0xf4, following: 3, second: [0x80, 0x8f] },
];

export class Utf8 {
  /** Bytes that the open sequence still needs; 0 between code points. */
  missing = 0;
  #next: readonly [number, number] = [0x80, 0xbf];

  /** Whether the bytes so far can still become well-formed text. */
  take(byte: number): boolean {
    if (this.missing === 0) {
      const lead = LEADS.find(({ from, to }) => byte >= from && byte <= to);
      if (lead === undefined) return false;
      this.missing = lead.following;
      this.#next = lead.second;
      return true;
    }
    const [low, high] = this.#next;
    this.missing--;
    this.#next = [0x80, 0xbf];
    return byte >= low && byte <= high;
  }
}
