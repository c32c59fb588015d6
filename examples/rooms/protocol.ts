// What visitors and rooms say to each other: JSON in text messages. Both ends use these types, and each end has a codec
// that turns what comes in into them.
import { jsonCodec } from '@sokker/server';

export const ROOMS = 'rooms.v1';

/** What a visitor says. */
export type Request =
  | { readonly type: 'enter'; readonly room: string }
  | { readonly type: 'leave'; readonly room: string }
  | { readonly type: 'point'; readonly room: string; readonly x: number; readonly y: number }
  | { readonly type: 'say'; readonly room: string; readonly text: string };

/** What a visitor is told; `who` is a number for each visitor. */
export type Event =
  | { readonly type: 'entered' | 'left'; readonly room: string; readonly who: number }
  | { readonly type: 'pointed'; readonly room: string; readonly who: number; readonly x: number; readonly y: number }
  | { readonly type: 'said'; readonly room: string; readonly who: number; readonly text: string };

/** The server's end: what a visitor sent is judged field by field; what fails closes the connection with 1007. */
export const serverCodec = jsonCodec<Request, Event>(readRequest);
/** The visitor's end, which takes the server's word. */
export const visitorCodec = jsonCodec<Event, Request>();

const ROOM = /^[a-z0-9-]{1,32}$/;
const MAX_TEXT_LENGTH = 2000;

function readRequest(value: unknown): Request {
  const { type, room, x, y, text } = Object(value) as Readonly<Record<string, unknown>>;
  if (typeof room !== 'string' || !ROOM.test(room)) throw new TypeError('room: a to z, 0 to 9 and -, at most 32');
  switch (type) {
    case 'enter':
    case 'leave':
      return { type, room };
    case 'point':
      if (typeof x !== 'number' || typeof y !== 'number') throw new TypeError('x and y: numbers');
      return { type, room, x, y };
    case 'say':
      if (typeof text !== 'string' || text.length > MAX_TEXT_LENGTH) throw new TypeError('text: a short string');
      return { type, room, text };
    default:
      throw new TypeError('type: enter, leave, point or say');
  }
}
