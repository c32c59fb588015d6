// What every server of the bench agrees to: listen on 127.0.0.1:$PORT (0 or unset: any free port), print the port as one
// line, compress when DEFLATE=1, collect garbage on SIGUSR2, stop on SIGTERM. With STOP_WITH_STDIN=1 (set by the bench)
// a server also stops when its standard input ends, so that none outlives a bench that was killed.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export const host = '127.0.0.1';
export const port = Number(process.env.PORT ?? 0);
export const deflate = process.env.DEFLATE === '1';

/** Garbage collection as V8 offers it. @returns {() => void} */
export function v8Collector() {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}

/**
 * Announces the port and installs the signals.
 * @param {number} listeningPort
 * @param {() => void} collect a full garbage collection
 */
export function serve(listeningPort, collect) {
  const stop = () => process.exit(0);
  process.on('SIGUSR2', collect);
  process.on('SIGTERM', stop);
  if (process.env.STOP_WITH_STDIN === '1') process.stdin.on('end', stop).on('error', stop).resume();
  process.stdout.write(`${listeningPort}\n`);
}
