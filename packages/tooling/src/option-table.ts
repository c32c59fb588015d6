/* The form of the option tables, as packages/frame/src/options.ts declares it, read without importing it: this room
 * loads each package's tables at run time and trusts none of them. */

export interface OptionRow {
  readonly kind: 'number' | 'choice' | 'flag' | 'value';
  readonly text: string;
  readonly default?: string | number | boolean;
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly infinity?: boolean;
  readonly values?: readonly string[];
  readonly expected?: string;
}
export type OptionTable = Readonly<Record<string, OptionRow>>;

const KINDS: readonly unknown[] = ['number', 'choice', 'flag', 'value'];
/** Endings by which a numeric option names its unit. */
const UNIT_ENDINGS: Readonly<Record<string, RegExp>> = { bytes: /bytes$/i, ms: /ms$/i, bits: /bits$|^rsv$/i };

export function isOptionTable(value: unknown): value is OptionTable {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every((row) => KINDS.includes((row as Partial<OptionRow>).kind));
}

/** What is wrong with the rows, each `key: what`. @param foreignNames whether the keys are those of another library */
export function tableFaults(table: OptionTable, foreignNames = false): string[] {
  return Object.entries(table).flatMap(([key, row]) =>
    rowFaults(key, row, foreignNames).map((fault) => `${key}: ${fault}`),
  );
}

function rowFaults(key: string, row: OptionRow, foreignNames: boolean): string[] {
  const faults: string[] = [];
  if (!row.text) faults.push('has no text');
  if (row.kind === 'choice' && row.default !== undefined && !row.values?.includes(String(row.default))) {
    faults.push('its default is none of its values');
  }
  if (row.kind !== 'number') return faults;
  if (!isWithinBound(row)) faults.push('its default is outside its bound');
  const ending = UNIT_ENDINGS[row.unit ?? ''];
  if (ending && !foreignNames && !ending.test(key))
    faults.push(`counts ${row.unit ?? ''}, which its name does not say`);
  return faults;
}

function isWithinBound({ default: value, min, max, infinity }: OptionRow): boolean {
  if (typeof value !== 'number' || min === undefined || max === undefined) return false;
  return value === Infinity ? infinity === true : value >= min && value <= max;
}

export function defaultOf(row: OptionRow): string {
  if (row.kind === 'value') return String(row.default ?? '');
  if (row.default === undefined) return 'required';
  return row.kind === 'number' ? numberText(Number(row.default), row.unit) : `\`${inCode(row.default)}\``;
}

export function unitOf(row: OptionRow): string {
  return row.unit ?? '';
}

export function boundOf(row: OptionRow): string {
  switch (row.kind) {
    case 'number':
      return `${numberText(row.min ?? NaN)} to ${numberText(row.max ?? NaN)}${row.infinity ? ', `Infinity`' : ''}`;
    case 'choice':
      return (row.values ?? []).map((value) => `\`'${value}'\``).join(', ');
    case 'flag':
      return '`true`, `false`';
    case 'value':
      return row.expected ?? '';
  }
}

/** 1048576 bytes → `1048576 (1 MiB)`; 2⁵³−1 by that name. */
function numberText(value: number, unit?: string): string {
  if (value === Infinity) return '`Infinity`';
  if (value === Number.MAX_SAFE_INTEGER) return '2⁵³−1';
  const [size, name] = value % 2 ** 20 === 0 ? [2 ** 20, 'MiB'] : [2 ** 10, 'KiB'];
  const short = unit === 'bytes' && value > 0 && value % size === 0 ? ` (${value / size} ${name})` : '';
  return `${value}${short}`;
}

function inCode(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
