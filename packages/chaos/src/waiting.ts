import type { ServerMetrics } from '@sokker/server';

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until something holds; gives up in silence after `withinMs`: what is asserted afterwards will tell. */
export async function until(holds: () => boolean | Promise<boolean>, withinMs: number): Promise<number> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < withinMs && !(await holds())) await sleep(10);
  return performance.now() - startedAt;
}

/** The metrics of a server once they are as they should be, or after ten seconds as they then are. */
export async function metricsWhen(
  call: { metrics(): Promise<ServerMetrics> },
  holds: (metrics: ServerMetrics) => boolean,
): Promise<ServerMetrics> {
  await until(async () => holds(await call.metrics()), 10_000);
  return call.metrics();
}
