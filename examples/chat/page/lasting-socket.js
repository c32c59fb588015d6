// A WebSocket that comes back. After a loss it waits, longer from try to try, and never as long as the other pages do:
// a server that restarts must not find them all at its door in the same moment.

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
/** A connection that lasted so long was a good one: the next loss begins with the first delay again. */
const GOOD_AFTER_MS = 5_000;

/** Half of the delay is certain, half is chance. */
export function delayBefore(attempt, random = Math.random) {
  const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  return longest / 2 + (random() * longest) / 2;
}

/** Events: `open`; `text` with what came; `state`, whenever `state` or `waitsUntil` changed. */
export class LastingSocket extends EventTarget {
  /** 'connecting', 'open', or 'waiting' for the next try. */
  state = 'connecting';
  /** When the next try begins, while waiting: milliseconds since 1970. */
  waitsUntil = 0;
  #url;
  #socket;
  #attempt = 0;
  #timer;
  #openedAt = 0;

  constructor(url) {
    super();
    this.#url = url;
    addEventListener('online', () => this.retry());
    document.addEventListener('visibilitychange', () => document.hidden || this.retry());
    // A page that goes to sleep in the back/forward cache, and wakes up, begins anew.
    addEventListener('pageshow', ({ persisted }) => persisted && this.retry());
    this.#connect();
  }

  /** Tries now rather than later. */
  retry() {
    if (this.state === 'waiting') this.#connect();
  }

  /** False: not connected, nothing was sent. */
  send(text) {
    if (this.state !== 'open') return false;
    this.#socket.send(text);
    return true;
  }

  #connect() {
    clearTimeout(this.#timer);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#openedAt = Date.now();
      this.#enter('open');
      this.dispatchEvent(new Event('open'));
    };
    socket.onmessage = ({ data }) => this.dispatchEvent(new MessageEvent('text', { data }));
    socket.onclose = () => this.#wait();
    this.#enter('connecting');
  }

  #wait() {
    if (this.state === 'open' && Date.now() - this.#openedAt >= GOOD_AFTER_MS) this.#attempt = 0;
    const delay = delayBefore(this.#attempt++);
    this.waitsUntil = Date.now() + delay;
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#enter('waiting');
  }

  #enter(state) {
    this.state = state;
    this.dispatchEvent(new Event('state'));
  }
}
