// Numbers as people read them.

const KIB = 1024;

export function bytes(count) {
  if (count < KIB) return `${Math.round(count)} B`;
  if (count < KIB * KIB) return `${short(count / KIB)} KiB`;
  return `${short(count / KIB / KIB)} MiB`;
}

/** Three digits, or the whole number where it has more. */
export function short(count) {
  if (count >= 100 || Number.isInteger(count)) return Math.round(count).toLocaleString('en');
  return count.toFixed(count < 10 ? 1 : 0);
}

export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export function clock(at) {
  return new Date(at).toLocaleTimeString('en-GB');
}

const CODES = {
  1000: 'normal',
  1001: 'going away',
  1002: 'broke a rule',
  1003: 'wrong type',
  1005: 'no code',
  1006: 'lost',
  1007: 'bad text',
  1008: 'too much',
  1009: 'too big',
  1011: 'our fault',
  1012: 'restart',
  1013: 'out of memory',
};

export function closeCode(code) {
  return CODES[code] ?? (code >= 4000 ? 'application' : code >= 3000 ? 'library' : '');
}
