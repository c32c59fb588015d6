/* A chat client as one would write it for a page: it knows the browser's WebSocket and nothing of Sokker. It takes the
 * class from the global scope there; here the test hands it over. */
import type { WebSocket as BrowserWebSocket } from '@sokker/client';

interface Line {
  readonly from: string;
  readonly text: string;
}

export class ChatClient {
  readonly lines: Line[] = [];
  readonly pictures: Blob[] = [];
  onChange: () => void = () => undefined;
  readonly #socket: BrowserWebSocket;
  readonly #waiting: string[] = [];

  constructor(WebSocket: typeof BrowserWebSocket, url: string, name: string) {
    this.#socket = new WebSocket(url, 'chat');
    this.#socket.addEventListener('open', () => {
      this.#socket.send(JSON.stringify({ join: name }));
      for (const text of this.#waiting.splice(0)) this.#socket.send(text);
    });
    this.#socket.onmessage = (event) => {
      if (event.data instanceof Blob) this.pictures.push(event.data);
      else this.lines.push(JSON.parse(event.data as string) as Line);
      this.onChange();
    };
    this.#socket.onclose = ({ code, reason, wasClean }) => {
      this.lines.push({ from: '', text: wasClean ? `left: ${code} ${reason}` : 'connection lost' });
      this.onChange();
    };
  }

  say(text: string): void {
    const message = JSON.stringify({ text });
    if (this.#socket.readyState === this.#socket.CONNECTING) this.#waiting.push(message);
    else this.#socket.send(message);
  }

  async show(picture: Blob): Promise<void> {
    this.#socket.send(await picture.arrayBuffer());
  }

  leave(): void {
    this.#socket.close(1000, 'bye');
  }
}
