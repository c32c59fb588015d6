/** What families G, H and K share: reading an HTTP head that an implementation wrote, and comparing it. */
import type { AnswerExpectation } from './fixture.js';

/** A first line and header fields, names in lower case. */
export interface WrittenHead {
  readonly start: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** How many bytes were written behind the head. */
  readonly bytesBehind: number;
}

/** Reads what an implementation wrote, which may be anything; `undefined` while it is not whole. */
export function readHead(bytes: Buffer): WrittenHead | undefined {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [start = '', ...lines] = text.slice(0, end).split('\r\n');
  const fields = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return { start, fields, bytesBehind: text.length - end - 4 };
}

/** The value of a field, its lines joined; `undefined` where there is none. */
export function fieldOf({ fields }: Pick<WrittenHead, 'fields'>, name: string): string | undefined {
  const values = fields.filter(([field]) => field === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(', ');
}

/** Status of an answer's first line; `NaN` when it is no such line. */
export function statusOf({ start }: WrittenHead): number {
  return Number(/^HTTP\/1\.1 (\d{3})(?: .*)?$/.exec(start)?.[1]);
}

/** What a status is judged by. */
export interface AnswerRule {
  /** The status with which a connection opens. */
  readonly opens: 101 | 200;
  /** Whether a refusal is as good with any status, or without an answer; what is no status may open with others. */
  readonly anyRefusal: boolean | undefined;
}

/** Compares an answer's status, and where that is the expected one, its fields. */
export function judgeAnswer(
  { expect, alternatives = [] }: { readonly expect: AnswerExpectation; readonly alternatives?: readonly number[] },
  status: number | null,
  fields: WrittenHead['fields'],
  { opens, anyRefusal = false }: AnswerRule,
): readonly string[] {
  if (status !== null && alternatives.includes(status)) return [];
  const mayRefuse = [expect.httpStatus, ...alternatives].some((each) => each !== opens);
  if (anyRefusal && mayRefuse && status !== opens && !Number.isNaN(status)) return [];
  if (status !== expect.httpStatus)
    return [`answered ${shownStatus(status)}, expected ${expect.httpStatus ?? 'nothing'}`];
  return judgeFields(expect.headers, fields);
}

/** A status in a sentence: `null` is no answer, `NaN` one that is none of HTTP/1.1. */
export function shownStatus(status: number | null): string {
  return Number.isNaN(status) ? 'nonsense' : String(status ?? 'nothing');
}

/** Compares fields: `null` must be absent, a string must stand exactly once. Names are in lower case on both sides. */
export function judgeFields(
  expected: Readonly<Record<string, string | null>>,
  fields: WrittenHead['fields'],
): readonly string[] {
  return Object.entries(expected).flatMap(([name, value]) => {
    const values = fields.filter(([field]) => field === name).map(([, fieldValue]) => fieldValue);
    if (value === null) return values.length === 0 ? [] : [`${name} must be absent, is ${values.join(' and ')}`];
    const fits = values.length === 1 && comparable(name, values[0] ?? '') === comparable(name, value);
    return fits ? [] : [`${name} is ${values.join(' and ') || 'absent'}, expected ${value}`];
  });
}

/** Blanks behind commas mean nothing; nor does case in the two fields whose values are names of protocols. */
function comparable(name: string, value: string): string {
  const list = value.split(',').map((member) => member.trim());
  const text = list.join(', ');
  return name === 'connection' || name === 'upgrade' ? text.toLowerCase() : text;
}
