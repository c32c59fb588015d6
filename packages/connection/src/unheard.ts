/**
 * A promise whose rejection need not be heard: it says that the connection has ended, and `close` says so too. Else
 * whoever does not await it would find the process ended by an unhandled rejection.
 */
export function unheard<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}
