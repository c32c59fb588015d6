/** `npm run chaos`: plays the faults one after the other and prints what held. */
import { dirname, join } from 'node:path';
import { FAULTS, findFault } from './catalogue.js';
import { parseOptions, USAGE, type ChaosOptions } from './options.js';
import { openFileLimit } from './proc.js';
import { Show } from './show.js';
import { printTable } from './table.js';
import type { Fault } from './stage.js';

const INTERRUPTED = 130;
const FOLDER = dirname(process.argv[1] ?? '');

function chosen({ only }: ChaosOptions): readonly Fault[] {
  if (only.length === 0) return FAULTS;
  return only.map((id) => {
    const fault = findFault(id);
    if (fault === undefined) throw new Error(`there is no fault "${id}"; --list prints those there are`);
    return fault;
  });
}

async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  if (options.help) return void process.stdout.write(USAGE);
  if (options.list) {
    return void process.stdout.write(FAULTS.map(({ id, title }) => `${id.padEnd(16)}${title}\n`).join(''));
  }
  const faults = chosen(options);
  const note = (text: string): void => void process.stderr.write(`${text}\n`);
  note(`seed ${options.seed}, ${options.short ? 'short' : 'full'} form, ${openFileLimit()} open files allowed`);
  const show = new Show({ ...options, note, script: join(FOLDER, 'actor-main.js') });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      show.dismiss();
      process.exit(INTERRUPTED);
    });
  }
  const rows = await show.play(faults);
  process.stdout.write(printTable(rows));
  const short = rows.filter(({ ok }) => !ok).length;
  process.stdout.write(`${rows.length - short} of ${rows.length} hold\n`);
  process.exitCode = short === 0 ? 0 : 1;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
