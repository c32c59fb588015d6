import {
  bytesOption,
  readOptions,
  type ChoiceOption,
  type NumberOption,
  type OptionTable,
  type ValueOption,
} from '@sokker/frame';
import type { Terms } from './negotiation.js';
import { MAX_WINDOW_BITS } from './parameters.js';

export type Preset = 'shared' | '112KiB' | '200KiB' | '336KiB';

export interface DeflateOptions {
  readonly preset?: Preset | undefined;
  readonly serverNoContextTakeover?: boolean | undefined;
  readonly clientNoContextTakeover?: boolean | undefined;
  readonly serverMaxWindowBits?: number | undefined;
  readonly clientMaxWindowBits?: number | undefined;
  readonly memLevel?: number | undefined;
  readonly level?: number | undefined;
  readonly thresholdBytes?: number | undefined;
  readonly maxRatio?: number | undefined;
  readonly maxWarmConnections?: number | undefined;
}

/** Every option, settled. */
export interface DeflateConfig extends Terms {
  readonly memLevel: number;
  readonly level: number;
  readonly thresholdBytes: number;
  readonly maxRatio: number;
  readonly maxWarmConnections: number;
}

interface PresetTerms extends Terms {
  readonly memLevel: number;
}

/** Presets bear the memory that a connection takes once it has received and sent; docs/deflate.md has the table. */
export const PRESETS: Readonly<Record<Preset, PresetTerms>> = {
  shared: preset(true, MAX_WINDOW_BITS, 8),
  '112KiB': preset(false, 10, 4),
  '200KiB': preset(false, 13, 8),
  '336KiB': preset(false, MAX_WINDOW_BITS, 8),
};

function preset(noContextTakeover: boolean, windowBits: number, memLevel: number): PresetTerms {
  return {
    serverNoContextTakeover: noContextTakeover,
    clientNoContextTakeover: noContextTakeover,
    serverMaxWindowBits: windowBits,
    clientMaxWindowBits: windowBits,
    memLevel,
  };
}

function ofPreset(text: string): ValueOption {
  return {
    kind: 'value',
    default: 'as the preset says',
    expected: 'true or false',
    accepts: (value) => typeof value === 'boolean',
    text,
  };
}

function integerOfPreset(min: number, max: number, text: string): ValueOption {
  return {
    kind: 'value',
    default: 'as the preset says',
    expected: `an integer from ${min} to ${max}`,
    accepts: (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
    text,
  };
}

export const DEFLATE_OPTIONS = {
  preset: {
    kind: 'choice',
    default: 'shared',
    values: ['shared', '112KiB', '200KiB', '336KiB'],
    text: "What a connection may cost in memory, both directions together, while it is in use. 'shared' keeps nothing between messages; the others keep a context each way.",
  } satisfies ChoiceOption,
  serverNoContextTakeover: ofPreset('The server compresses each message by itself (RFC 7692 §7.1.1.1).'),
  clientNoContextTakeover: ofPreset('The client compresses each message by itself (RFC 7692 §7.1.1.2).'),
  serverMaxWindowBits: integerOfPreset(
    8,
    MAX_WINDOW_BITS,
    'How far back the server may refer: 2 to this power bytes (RFC 7692 §7.1.2.1).',
  ),
  clientMaxWindowBits: integerOfPreset(
    8,
    MAX_WINDOW_BITS,
    'How far back the client may refer; below 15 a server declines offers that do not name client_max_window_bits (RFC 7692 §7.1.2.2).',
  ),
  memLevel: integerOfPreset(1, 9, "zlib's memory level of the deflater; each step up doubles some of its tables."),
  level: {
    kind: 'number',
    default: 3,
    unit: 'level',
    min: 1,
    max: 9,
    infinity: false,
    text: "zlib's compression level: 1 is fastest, 9 smallest.",
  } satisfies NumberOption,
  thresholdBytes: {
    ...bytesOption(
      1024,
      'Messages below this size are sent uncoded, with context takeover or without; `Infinity`: all. A stream of unknown size is coded but for that.',
    ),
    min: 0,
  },
  maxRatio: {
    kind: 'number',
    default: Infinity,
    unit: 'inflated bytes per compressed byte',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    infinity: true,
    text: 'Most that a received message may grow by, judged once it is larger than 64 KiB. DEFLATE reaches 1029.',
  } satisfies NumberOption,
  maxWarmConnections: {
    kind: 'number',
    default: 512,
    unit: 'connections',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    infinity: true,
    text: 'How many of the connections that share what permessageDeflate() returned keep contexts at once. Past it the one that was quiet for longest gives its own up, all but the window that its peer may refer to.',
  } satisfies NumberOption,
} as const satisfies OptionTable;

/** @throws UsageError `ERR_SOKKER_OPTION` */
export function readDeflateOptions(options: DeflateOptions | undefined): DeflateConfig {
  const given = readOptions<DeflateOptions & { readonly preset: Preset }>(
    'permessageDeflate',
    DEFLATE_OPTIONS,
    options,
  );
  const { preset: name, ...rest } = given;
  return { ...PRESETS[name], ...rest } as DeflateConfig;
}
