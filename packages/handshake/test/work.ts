const MAX_SECONDS = 5;

/**
 * Does a step that many times; all together may take five seconds of this process's own processor time, which other
 * processes of a busy machine cost none of. Judged after each step, for work that grows with a square takes minutes.
 */
export function expectWorkInProportion(steps: number, step: (index: number) => void): void {
  const before = process.cpuUsage();
  for (let index = 0; index < steps; index++) {
    step(index);
    const { user, system } = process.cpuUsage(before);
    const seconds = (user + system) / 1e6;
    if (seconds > MAX_SECONDS) throw new Error(`${index + 1} of ${steps} steps took ${seconds} s of the processor`);
  }
}
