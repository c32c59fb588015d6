/** Those who wait for each signal: however many, it has one listener of ours, since Node warns of a leak from eleven on. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/** Has `act` called when the signal aborts; answers how to have it not called any more. */
export function onceAborted(signal: AbortSignal, act: () => void): () => void {
  const acts = waiting.get(signal) ?? new Set();
  if (acts.size === 0) {
    waiting.set(signal, acts);
    signal.addEventListener('abort', tell, { once: true });
  }
  acts.add(act);
  return () => {
    if (!acts.delete(act) || acts.size > 0) return;
    waiting.delete(signal);
    signal.removeEventListener('abort', tell);
  };
}

function tell(this: AbortSignal): void {
  const acts = waiting.get(this);
  waiting.delete(this);
  for (const act of acts ?? []) act();
}

/** As `promise`, but rejects with the signal's reason once that aborts. @param giveUp called then: nobody waits any more */
export function unlessAborted<Value>(
  signal: AbortSignal | undefined,
  promise: Promise<Value>,
  giveUp?: () => void,
): Promise<Value> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const refuse: (reason: unknown) => void = reject;
    const abort = (): void => {
      giveUp?.();
      refuse(signal.reason);
    };
    if (signal.aborted) return abort();
    promise.finally(onceAborted(signal, abort)).then(resolve, reject);
  });
}
