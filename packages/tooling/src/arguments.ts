import { parseArgs } from 'node:util';
import type { Gate } from './gate.js';

export interface Arguments {
  readonly gates: readonly Gate[];
  /** Named by `--only`: their failures are shown without a cut. */
  readonly only: boolean;
  readonly update: boolean;
  readonly help: boolean;
}

/** Reads the command line. @throws Error with one sentence for the user when it is wrong. */
export function readArguments(argv: readonly string[], gates: readonly Gate[]): Arguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      update: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const names = values.only.flatMap((list) => list.split(','));
  const unknown = names.find((name) => !gates.some((gate) => gate.name === name));
  if (unknown !== undefined) {
    throw new Error(`There is no gate '${unknown}'; there are ${gates.map(({ name }) => name).join(', ')}.`);
  }
  return {
    gates: names.length === 0 ? gates : gates.filter(({ name }) => names.includes(name)),
    only: names.length > 0,
    update: values.update,
    help: values.help,
  };
}
