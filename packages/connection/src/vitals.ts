import type { Engine } from './engine.js';
import type { PauseReason } from './incoming.js';

/** How a connection lives, for those who watch over many. */
export interface Vitals {
  /** Bytes read from the socket so far, framing included. */
  readonly bytesReceived: number;
  /** Bytes handed to the socket so far, framing included. */
  readonly bytesSent: number;
  /** Messages that came so far, those that arrive as streams included. */
  readonly messagesReceived: number;
  /** Messages that were taken so far, those that leave as streams as they are given. */
  readonly messagesSent: number;
  /**
   * Whether we read: nobody has paused the connection, and someone takes its messages. That a peer which sends much has
   * to wait for the turn of the others does not count.
   */
  readonly reading: boolean;
  /** Whether some of what has come waits for that turn, and so what comes behind it is not read yet. */
  readonly behind: boolean;
  /** How often reading was stopped so far, other than for the turn of the others. */
  readonly stops: number;
  /** Whether a message, or part of a frame, has begun to arrive and is not whole. */
  readonly receiving: boolean;
  /** Whether a message is leaving as a stream, or being compressed. */
  readonly sending: boolean;
  /** Whether the operating system has taken everything that was sent, so that a Ping would leave at once. */
  readonly written: boolean;
}

/** All but the budget: it is granted anew in the next turn, and whoever floods us has always used it up. */
const STOPS: readonly PauseReason[] = ['application', 'nobody listens', 'iterator is full', 'message is taken'];

export function vitalsOf({ incoming, outgoing, bytesReceived, messagesReceived }: Engine): Vitals {
  const { receiving, stops } = incoming;
  const { busy: sending, messagesSent, midFrame, writer } = outgoing;
  return {
    bytesReceived,
    bytesSent: writer.bytesWritten,
    messagesReceived,
    messagesSent,
    reading: !STOPS.some((reason) => incoming.isPausedBy(reason)),
    behind: incoming.isPausedBy('budget'),
    stops,
    receiving,
    sending,
    written: writer.bufferedBytes === 0 && !midFrame,
  };
}
