import { execFile } from 'node:child_process';

const TIMEOUT_MS = 120_000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/**
 * Runs a program in a folder and answers what it printed.
 * @throws Error with all of its output, when it ends with another status than 0 or takes longer than two minutes
 */
export function output(program: string, argv: readonly string[], folder: string): Promise<string> {
  const options = { cwd: folder, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES, env: environment() };
  return new Promise((resolve, reject) => {
    execFile(program, argv, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} ${argv.join(' ')}\n${stdout}${stderr}`.trim()));
    });
  });
}

/** The runtimes take what npm leaves in the environment of its scripts for their own settings. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_(?:lifecycle|package|command)/.test(name));
  return { ...Object.fromEntries(kept), NO_COLOR: '1', NODE_OPTIONS: '' };
}
