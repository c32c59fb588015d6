// The public fixtures of families E and F, under both engines.
import {
  AssemblerCore,
  DecoderCore,
  isControl,
  Opcode,
  parseClose,
  ProtocolError,
  Slice,
  Utf8Validator,
  VIOLATIONS,
  type FrameSlice,
  type MessageCoder,
} from '@sokker/frame';
import { accept, createRequest, examine, HandshakeError, parseExtensions, verifyResponse } from '@sokker/handshake';
import {
  fixtures,
  runFrameFixtures,
  runNegotiationFixtures,
  UsageError,
  type FrameReceiver,
  type FrameSetup,
  type ReceivedEvent,
} from '@sokker/testkit';
import type { Engine } from '../src/direct-probe.js';
import { permessageDeflate, type DeflateOptions } from '../src/index.js';
import { readDeflateOptions } from '../src/options.js';
import { DeflateSession } from '../src/session.js';
import { WarmSet } from '../src/warm-set.js';
import { acceptOffer } from '../src/negotiation.js';
import { ENGINES, pieces, TAKEOVER } from './drive.js';

/** The coder of a connection whose server answered with this header. */
function coderFor(setup: FrameSetup, engine: Engine): MessageCoder | undefined {
  const [entry] = setup.extensions.flatMap((header) => parseExtensions(header));
  if (entry === undefined) return undefined;
  const config = readDeflateOptions(TAKEOVER);
  const agreed = acceptOffer(entry.parameters, config);
  return new DeflateSession(agreed!.agreement, setup.role, config, new WarmSet(1), engine);
}

/** A receiver made of the decoder, a coder and the assembler, as a connection is. */
class Receiver implements FrameReceiver {
  readonly #emit: FrameSetup['emit'];
  readonly #coder: MessageCoder | undefined;
  readonly #decoder: DecoderCore;
  readonly #assembler: AssemblerCore;
  /** Of the compressed message in progress. */
  #opcode: Opcode | undefined;
  #first = true;
  #utf8 = new Utf8Validator();

  constructor(setup: FrameSetup, engine: Engine) {
    const { maxMessageBytes = Infinity, ...limits } = setup.limits;
    this.#emit = setup.emit;
    this.#coder = coderFor(setup, engine);
    this.#decoder = new DecoderCore({ role: setup.role, emit: 'slices', rsv: this.#coder?.rsv ?? 0, ...limits });
    this.#assembler = new AssemblerCore({ maxMessageBytes });
  }

  async push(bytes: Buffer): Promise<void> {
    this.#decoder.write(bytes);
    for (let slice = this.#decoder.next(); slice !== undefined; slice = this.#decoder.next()) {
      if (isControl(slice.opcode)) this.#control(slice);
      else if (this.#opcode !== undefined || slice.rsv !== 0) await this.#decode(slice);
      else this.#assemble(slice);
    }
  }

  dispose(): void {
    this.#coder?.close();
  }

  #control(slice: FrameSlice): void {
    if (!slice.last) throw new Error('a control frame comes whole');
    if (slice.opcode === Opcode.close) this.#emit({ type: 'close', ...parseClose(slice.payload) });
    else this.#emit({ type: slice.opcode === Opcode.ping ? 'ping' : 'pong', data: slice.payload });
  }

  async #decode(slice: FrameSlice): Promise<void> {
    if (this.#opcode === undefined) this.#first = true;
    const opcode = (this.#opcode ??= slice.opcode);
    const last = slice.fin && slice.last;
    for (const piece of await pieces(this.#coder!.decode, slice.payload, last)) this.#pass(opcode, piece, false);
    if (!last) return;
    this.#pass(opcode, Buffer.alloc(0), true);
    this.#opcode = undefined;
  }

  #pass(opcode: Opcode, piece: Buffer, last: boolean): void {
    const sound = opcode !== Opcode.text || (this.#utf8.push(piece) && (!last || this.#utf8.end()));
    if (!sound) throw new ProtocolError('ERR_SOKKER_INVALID_UTF8', VIOLATIONS.ERR_SOKKER_INVALID_UTF8);
    this.#assemble(new Slice(true, 0, opcode, piece, piece.length, this.#first, last));
    this.#first = false;
  }

  #assemble(slice: FrameSlice): void {
    const message = this.#assembler.push(slice);
    if (message !== undefined) this.#emit({ type: message.type, data: message.data } satisfies ReceivedEvent);
  }
}

describe.each(ENGINES)('family E, engine %s', (engine) => {
  const create = (setup: FrameSetup): FrameReceiver => new Receiver(setup, engine);
  const maxSplits = engine === 'direct' ? 512 : 16;
  runFrameFixtures({ create }, test, fixtures.deflate.fixtures, { chunking: { maxSplits }, codes: true });
});

describe('family F', () => {
  const url = 'ws://localhost/';
  runNegotiationFixtures(
    {
      pending: ({ id }) =>
        id === 'negotiation/answer/unasked-client-window-client'
          ? 'this client always offers client_max_window_bits'
          : undefined,
      answer: (offer) => {
        const { method, target, rawHeaders } = createRequest(url);
        const lines = offer.flatMap((line) => ['Sec-WebSocket-Extensions', line]);
        const judged = examine({ method, target, httpVersion: '1.1', rawHeaders: [...rawHeaders, ...lines] });
        if (judged.type !== 'offer') return { status: judged.status, extensions: undefined };
        const { status, rawHeaders: answered } = accept(judged, { extensions: [permessageDeflate(TAKEOVER)] });
        return { status, extensions: valueOf(answered) };
      },
      confirm: (offer, answer) => {
        const request = createRequest(url, {
          extensions: [permessageDeflate(optionsFor(offer))],
        });
        const judged = examine({ ...request, httpVersion: '1.1' });
        if (judged.type !== 'offer') throw new Error('our own request');
        const response = accept(judged);
        const lines = answer.flatMap((line) => ['Sec-WebSocket-Extensions', line]);
        const answered = { ...response, rawHeaders: [...response.rawHeaders, ...lines] };
        try {
          verifyResponse(request, answered);
        } catch (error) {
          // A runner takes any error for a refusal, this one for what it is.
          if (!(error instanceof HandshakeError)) throw new UsageError('ERR_SOKKER_ARGUMENT', String(error));
          throw error;
        }
      },
    },
    test,
    fixtures.negotiation.fixtures,
  );
});

function valueOf(rawHeaders: readonly string[]): string | undefined {
  const at = rawHeaders.indexOf('Sec-WebSocket-Extensions');
  return at < 0 ? undefined : rawHeaders[at + 1];
}

/** The options of a client that makes this offer. */
function optionsFor(offer: string): DeflateOptions {
  const parameters = parseExtensions(offer)[0]!.parameters;
  const bits = Number(parameters.get('server_max_window_bits') ?? 15);
  const serverNoContextTakeover = parameters.has('server_no_context_takeover');
  return { ...TAKEOVER, serverMaxWindowBits: bits, serverNoContextTakeover };
}
