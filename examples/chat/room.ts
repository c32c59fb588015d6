// Who is in the room and what was said there. It knows nothing of sockets: a seat is whatever the caller hands in.
import { createHash } from 'node:crypto';
import { RequestError, type ChatEvent, type ChatRequest, type Person, type Said } from './protocol.js';

export interface RoomOptions<Seat> {
  readonly deliver: (event: ChatEvent, seats: Iterable<Seat>) => unknown;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How much of what was said is shown to those who come later; default 100. */
  readonly historyLength?: number;
}

export class Room<Seat> {
  readonly #deliver: RoomOptions<Seat>['deliver'];
  readonly #now: () => number;
  readonly #historyLength: number;
  readonly #seats = new Map<Seat, Person>();
  readonly #history: Said[] = [];

  constructor({ deliver, now, historyLength = 100 }: RoomOptions<Seat>) {
    this.#deliver = deliver;
    this.#now = now;
    this.#historyLength = historyLength;
  }

  /** @throws RequestError for a request that has no place yet */
  handle(request: ChatRequest, seat: Seat): void {
    if (request.type === 'join') this.#join(seat, request.name, request.key);
    else this.#say(seat, request.id, request.text);
  }

  leave(seat: Seat): void {
    if (this.#seats.delete(seat)) this.#showPeople(this.#seats.keys());
  }

  #join(seat: Seat, name: string, key: string): void {
    const id = publicId(key);
    // One name for all the seats of one person.
    for (const [other, person] of this.#seats) if (person.id === id) this.#seats.set(other, { id, name });
    const isNew = !this.#seats.has(seat);
    this.#seats.set(seat, { id, name });
    if (isNew) this.#deliver({ type: 'welcome', you: id, people: this.#people(), history: this.#history }, [seat]);
    this.#showPeople([...this.#seats.keys()].filter((other) => !isNew || other !== seat));
  }

  #say(seat: Seat, id: string, text: string): void {
    const from = this.#seats.get(seat);
    if (from === undefined) throw new RequestError('Join before you say something.');
    const said: Said = { id: `${from.id}.${id}`, from, text, at: this.#now() };
    const before = this.#history.find((other) => other.id === said.id);
    // A page that lost its connection cannot know what arrived: it says it again, and hears that it was said.
    if (before !== undefined) {
      this.#deliver({ type: 'said', ...before }, [seat]);
      return;
    }
    this.#history.push(said);
    if (this.#history.length > this.#historyLength) this.#history.shift();
    this.#deliver({ type: 'said', ...said }, this.#seats.keys());
  }

  #showPeople(seats: Iterable<Seat>): void {
    this.#deliver({ type: 'people', people: this.#people() }, seats);
  }

  /** Everyone once, however many pages they have open. */
  #people(): Person[] {
    return [...new Map([...this.#seats.values()].map((person) => [person.id, person])).values()];
  }
}

/** What others may know of a person's key: enough to tell people apart, not enough to be them. */
function publicId(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 12);
}
