/** The command line of `npm run fuzz`. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

export interface CommandOptions {
  /** Of each target. */
  readonly executions: number;
  /** For each target; Infinity where executions decide. */
  readonly minutes: number;
  readonly seed: number;
  /** How many targets run at a time, each in a thread of its own. */
  readonly jobs: number;
  /** Names; undefined: all. */
  readonly targets: readonly string[] | undefined;
  /** Where inputs to begin with are, one file a target. */
  readonly corpus: string;
  /** Whether inputs that went new ways are added to the corpus. */
  readonly grow: boolean;
  /** Where findings are saved. */
  readonly findings: string;
  /** A module that exports `targets`, in place of ours. */
  readonly module: string | undefined;
  /** A finding to run again. */
  readonly replay: string | undefined;
  readonly hangSeconds: number;
  readonly list: boolean;
  readonly help: boolean;
}

export const USAGE = `npm run fuzz -- [options]
  --executions N    executions of each target (default 100000; no bound with --minutes)
  --minutes M       time for each target
  --seed S          an integer; the same seed, the same run (default 1)
  --jobs N          targets at a time (default: as many as there are processors)
  --target T        one target, or several between commas (default: all)
  --corpus DIR      inputs to begin with (default packages/fuzz/corpus)
  --grow            add inputs that went new ways to the corpus
  --findings DIR    where findings are saved (default packages/fuzz/findings)
  --replay FILE     run a saved finding again
  --module FILE     take the targets from a module, .js, that exports \`targets\`
  --hang-seconds N  an execution that takes longer is a finding (default 20)
  --list            print the targets
  --help            this text
A finding is minimised and saved, and the exit code is 1.
`;

const DEFAULT_EXECUTIONS = 100_000;

/** @throws Error with a sentence for the user */
export function parseCommand(args: readonly string[]): CommandOptions {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      executions: text,
      minutes: text,
      seed: text,
      jobs: text,
      target: text,
      corpus: text,
      findings: text,
      module: text,
      replay: text,
      'hang-seconds': text,
      grow: flag,
      list: flag,
      help: flag,
    },
  });
  const minutes = numberOf('--minutes', values.minutes, Infinity);
  return {
    minutes,
    executions: integerOf('--executions', values.executions, minutes === Infinity ? DEFAULT_EXECUTIONS : Infinity),
    seed: integerOf('--seed', values.seed, 1),
    jobs: jobsOf(values.jobs),
    targets: values.target?.split(',').filter((name) => name !== ''),
    corpus: values.corpus ?? 'packages/fuzz/corpus',
    findings: values.findings ?? 'packages/fuzz/findings',
    module: values.module,
    replay: values.replay,
    hangSeconds: numberOf('--hang-seconds', values['hang-seconds'], 20),
    grow: values.grow,
    list: values.list,
    help: values.help,
  };
}

function jobsOf(text: string | undefined): number {
  const jobs = integerOf('--jobs', text, availableParallelism());
  if (jobs === 0) throw new Error('--jobs takes a number above 0');
  return jobs;
}

export function numberOf(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text.replaceAll('_', ''));
  if (text === '' || !Number.isFinite(value) || value <= 0)
    throw new Error(`${name} takes a number above 0, not '${text}'`);
  return value;
}

function integerOf(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text.replaceAll('_', ''));
  if (text === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new Error(`${name} takes a whole number, not '${text}'`);
  }
  return value;
}
