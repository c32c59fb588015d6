// Sends a message of any size from one process to another, in constant memory: `npm run upload -- --gib 10`.
import { fail } from '../program.js';
import { readOptions } from './options.js';
import { upload } from './upload.js';

try {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort(new Error(signal)));
  const options = readOptions(process.argv.slice(2));
  const report = await upload(options, process.stderr.isTTY ? drawProgress : undefined, controller.signal);
  console.log(JSON.stringify(report));
  if (report.sent.sha256 !== report.received.sha256) process.exitCode = 1;
} catch (error) {
  fail(error);
}

/** One line, drawn over itself. */
function drawProgress(done: number, total: number, bytesPerSecond: number): void {
  const width = 32;
  const filled = Math.round((done / total) * width);
  const bar = '█'.repeat(filled).padEnd(width, '░');
  const rate = `${(bytesPerSecond / 2 ** 20).toFixed(0)} MiB/s`;
  const left = bytesPerSecond > 0 ? `${Math.ceil((total - done) / bytesPerSecond)} s left` : '';
  process.stderr.write(`\r${bar} ${((done / total) * 100).toFixed(1).padStart(5)} % ${rate} ${left}\x1b[K`);
  if (done >= total) process.stderr.write('\n');
}
