import { ServerConnection } from './server-connection.js';

/** The connection among the arguments of an event. */
export function connectionIn<Context>(args: readonly unknown[]): ServerConnection<Context> | undefined {
  return args.find((argument): argument is ServerConnection<Context> => argument instanceof ServerConnection);
}
