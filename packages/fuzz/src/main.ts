/* `npm run fuzz`: see USAGE in options.ts. Run from the repository's root. */
import { findingOf, growCorpus, readFinding, saveFinding } from './corpus.js';
import { WARM_AFTER } from './fuzzer.js';
import { parseCommand, USAGE, type CommandOptions } from './options.js';
import { Progress } from './progress.js';
import { tableOf, type Row } from './report.js';
import { supervise, type Ending } from './supervisor.js';
import { loadTargets } from './target-list.js';
import type { Target } from './target.js';

const FOUND = 1;
const WRONG_USE = 2;
const INTERRUPTED = 130;
/** More than this, and something was kept that should have been let go. */
const MAX_GROWTH_BYTES = 32 * 1024 * 1024;

async function main(args: readonly string[]): Promise<number> {
  let options: CommandOptions;
  let targets: readonly Target[];
  try {
    options = parseCommand(args);
    targets = chosen(await loadTargets(options.module), options);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return WRONG_USE;
  }
  if (options.help) return say(USAGE);
  if (options.list) return say(targets.map(({ name, title }) => `${name.padEnd(20)} ${title}\n`).join(''));
  if (options.replay !== undefined) return replay(options.replay, targets);
  return fuzzAll(targets, options);
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

function chosen(targets: readonly Target[], { targets: names }: CommandOptions): readonly Target[] {
  const unknown = names?.find((name) => !targets.some((target) => target.name === name));
  if (unknown !== undefined) {
    throw new Error(`there is no target '${unknown}': one of ${targets.map(({ name }) => name).join(', ')}`);
  }
  return names === undefined ? targets : targets.filter(({ name }) => names.includes(name));
}

/** As many targets at a time as `--jobs` says; the first Ctrl-C ends those and prints what there is, a second one ends at once. */
async function fuzzAll(targets: readonly Target[], options: CommandOptions): Promise<number> {
  let interrupted = false;
  process.on('SIGINT', () => {
    if (interrupted) process.exit(INTERRUPTED);
    interrupted = true;
  });
  console.log(`seed ${options.seed}`);
  const progress = new Progress(process.stderr);
  const rows = new Map<string, Row>();
  const waiting = [...targets];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !interrupted; next = waiting.shift()) {
      const { name } = next;
      const ending = await supervise(name, options, {
        progress: (executions, elapsedMs) => progress.show(name, executions, options.executions, elapsedMs),
        isStopped: () => interrupted,
      });
      progress.clear(name);
      rows.set(name, settle(name, ending, options));
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, targets.length) }, work));
  const inOrder = targets.flatMap(({ name }) => rows.get(name) ?? []);
  console.log(tableOf(inOrder));
  if (inOrder.some(({ growthBytes }) => growthBytes === undefined)) {
    console.log(`heap growth –: not judged, a run of fewer than ${WARM_AFTER} executions cannot tell`);
  }
  if (inOrder.some(({ findings }) => findings > 0)) return FOUND;
  return interrupted ? INTERRUPTED : 0;
}

/** Saves what was found, and says so. */
function settle(target: string, ending: Ending, options: CommandOptions): Row {
  const { seed, findings: folder } = options;
  if (ending.type === 'lost') {
    const { why, input, executions } = ending;
    const fault = { kind: why, message: why, stack: '', input, original: input };
    tell(target, why, saveFinding(folder, findingOf(target, seed, fault, '')));
    return { target, executions, elapsedMs: 0, outcomes: 0, growthBytes: undefined, findings: 1 };
  }
  const { report, descriptions } = ending.answer;
  for (const [index, fault] of report.faults.entries()) {
    const saved = saveFinding(folder, findingOf(target, seed, fault, descriptions[index] ?? ''));
    tell(target, `${fault.message} (${fault.input.length} of ${fault.original.length} bytes)`, saved);
  }
  const { executions, elapsedMs, outcomes, growthBytes, faults, found } = report;
  const leaks = growthBytes !== undefined && growthBytes > MAX_GROWTH_BYTES;
  if (leaks) console.log(`${target}: the heap grew by ${growthBytes} bytes, more than ${MAX_GROWTH_BYTES}`);
  if (options.grow) console.log(`${target}: ${growCorpus(options.corpus, target, found)} inputs added to the corpus`);
  return { target, executions, elapsedMs, outcomes, growthBytes, findings: faults.length + (leaks ? 1 : 0) };
}

function tell(target: string, what: string, path: string): void {
  console.log(`${target}: ${what}\n  saved as ${path}\n  again: npm run fuzz -- --replay ${path}`);
}

/** Runs a finding again: 1 while it still fails. */
async function replay(path: string, targets: readonly Target[]): Promise<number> {
  const saved = readFinding(path);
  const target = targets.find(({ name }) => name === saved.target);
  if (target === undefined) throw new Error(`there is no target '${saved.target}'`);
  const input = Buffer.from(saved.hex, 'hex');
  console.log(`${saved.target}: ${target.describe?.(input) ?? saved.hex}`);
  try {
    console.log(`outcome ${await target.execute(input)}: nothing is wrong with it`);
    return 0;
  } catch (error) {
    console.log(error);
    return FOUND;
  }
}

process.exitCode = await main(process.argv.slice(2));
