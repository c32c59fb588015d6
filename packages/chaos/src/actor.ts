/** The inside of a child process: methods that the stage calls over IPC. */

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any arguments: `Remote` keeps their types.
export type Methods = Record<string, (...args: any[]) => unknown>;

export interface Call {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly ready: true }
  /** Something that nobody caught: the process goes on, the fault has failed. */
  | { readonly uncaught: string };

/** Answers calls until the stage hangs up. */
export function serve(methods: Methods): void {
  const all: Methods = { ...methods, detach };
  process.on('message', (call: Call) => {
    const method = all[call.method];
    if (method === undefined) return tell({ id: call.id, error: `there is no method ${call.method}` });
    new Promise((resolve) => resolve(method(...call.args))).then(
      (result) => tell({ id: call.id, result }),
      (error: unknown) => tell({ id: call.id, error: error instanceof Error ? error.message : String(error) }),
    );
  });
  tell({ ready: true });
}

/** Uncaught errors must not end the process, or nobody would hear of the second. */
export function reportUncaught(): void {
  const report = (error: unknown): void => {
    tell({ uncaught: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  };
  process.on('uncaughtException', report);
  process.on('unhandledRejection', report);
  process.on('warning', (warning) => {
    if (warning.name === 'MaxListenersExceededWarning') report(warning);
  });
  process.on('disconnect', hangUp);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, hangUp);
}

/** Lets the process end by itself when nothing else keeps it alive. */
function detach(): void {
  process.off('disconnect', hangUp);
  process.channel?.unref();
}

function hangUp(): void {
  process.exit(0);
}

function tell(answer: Answer): void {
  if (process.connected) process.send?.(answer, undefined, undefined, () => {});
}
