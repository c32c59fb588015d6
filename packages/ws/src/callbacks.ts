export type SendCallback = (error?: Error) => void;

/** In a tick of its own: what a callback throws is uncaught, as it should be, and disturbs nothing of ours. */
export function callLater(callback: SendCallback | undefined, error?: Error): void {
  if (callback === undefined) return;
  if (error === undefined) process.nextTick(callback);
  else process.nextTick(callback, error);
}

export function notSent(): Error {
  return new Error('WebSocket is not open: the message was not sent');
}
