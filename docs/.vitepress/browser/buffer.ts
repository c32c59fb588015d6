// As much of node:buffer as @sokker/frame uses, over Uint8Array. A bundler is told to take this module for
// `node:buffer`; importing it also gives the page the global that Node.js has. See docs/guides/browser.md.

const utf8 = new TextEncoder();

class WebBuffer extends Uint8Array {
  static alloc(size: number): WebBuffer {
    return new WebBuffer(size);
  }

  static allocUnsafe(size: number): WebBuffer {
    return new WebBuffer(size);
  }

  static allocUnsafeSlow(size: number): WebBuffer {
    return new WebBuffer(size);
  }

  static override from(source: unknown, offset?: unknown, length?: unknown): WebBuffer {
    if (typeof source === 'string') return WebBuffer.#copyOf(offset === 'hex' ? hexBytes(source) : utf8.encode(source));
    if (source instanceof ArrayBuffer) return new WebBuffer(source, Number(offset ?? 0), length as number | undefined);
    return WebBuffer.#copyOf(source as ArrayLike<number>);
  }

  static concat(parts: readonly Uint8Array[], size = parts.reduce((sum, part) => sum + part.length, 0)): WebBuffer {
    const whole = new WebBuffer(size);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  static isBuffer(value: unknown): boolean {
    return value instanceof WebBuffer;
  }

  static byteLength(text: string): number {
    return utf8.encode(text).length;
  }

  static #copyOf(bytes: ArrayLike<number>): WebBuffer {
    const copy = new WebBuffer(bytes.length);
    copy.set(bytes);
    return copy;
  }

  copy(target: Uint8Array, targetStart = 0, start = 0, end = this.length): number {
    target.set(this.subarray(start, end), targetStart);
    return end - start;
  }

  /** Writes text that is known to take `length` bytes; ASCII is its own UTF-8. */
  write(text: string, offset: number, length: number): number {
    return utf8.encodeInto(text, this.subarray(offset, offset + length)).written;
  }

  readUInt16BE(at: number): number {
    return ((this[at] ?? 0) << 8) | (this[at + 1] ?? 0);
  }

  writeUInt16BE(value: number, at: number): number {
    this[at] = value >>> 8;
    this[at + 1] = value & 0xff;
    return at + 2;
  }

  override toString(encoding = 'utf8', start = 0, end = this.length): string {
    const part = this.subarray(start, end);
    if (encoding === 'hex') return Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(part);
  }
}

function hexBytes(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length >> 1 }, (_, at) => Number.parseInt(text.slice(at * 2, at * 2 + 2), 16));
}

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

export { WebBuffer as Buffer };
(globalThis as { Buffer?: unknown }).Buffer ??= WebBuffer;
