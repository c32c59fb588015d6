/** @sokker/deflate where it exists: as coder between the cores of @sokker/frame, and as extension in a negotiation. */
import * as deflate from '@sokker/deflate';
import { AssemblerCore, DecoderCore, Opcode, ProtocolError, Slice, Utf8Validator, VIOLATIONS } from '@sokker/frame';
import type { FrameSlice, MessageCoder } from '@sokker/frame';
import { createRequest, parseExtensions, respond, verifyResponse, type Extension } from '@sokker/handshake';
import type { FrameImplementation, FrameSetup, NegotiationImplementation } from '../../src/index.js';
import { decoderOptions, eventOf } from './frame-cores.js';
import { ours } from './ours.js';

type PermessageDeflate = (options?: Record<string, unknown>) => Extension<MessageCoder>;

/** Undefined until the package has it. */
const permessageDeflate = (deflate as { permessageDeflate?: PermessageDeflate }).permessageDeflate;

function missing(): string | undefined {
  return permessageDeflate === undefined ? '@sokker/deflate does not exist yet' : undefined;
}

const FULL_TERMS = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

/** With context takeover both ways and the full window, unless the peer wants less. */
function extension(options?: Record<string, unknown>): Extension<MessageCoder> {
  if (permessageDeflate === undefined) throw new Error(missing());
  return permessageDeflate({ ...FULL_TERMS, ...options });
}

/** The coder that an agreement gives: what the server answered is what both sides keep to. */
export function coderFor({ role, extensions: [agreed = ''] }: Pick<FrameSetup, 'role' | 'extensions'>): MessageCoder {
  const [entry] = parseExtensions(agreed);
  if (entry === undefined) throw new Error('no extension in force');
  if (role === 'client') return extension().confirm(entry.parameters);
  const session = extension().accept([entry.parameters])?.session;
  if (session === undefined) throw new Error(`not accepted: ${agreed}`);
  return session;
}

export const deflateFrames: FrameImplementation = {
  pending: missing,
  create(setup) {
    const coder = coderFor(setup);
    const { maxMessageBytes } = setup.limits;
    const decoder = new DecoderCore({ ...decoderOptions(setup), rsv: coder.rsv, emit: 'slices' });
    const assembler = new AssemblerCore({ maxMessageBytes });
    const decoded = new DecodedMessages(coder);
    let closed = false;
    return {
      async push(bytes) {
        if (closed) return;
        decoder.write(bytes);
        for (let slice = decoder.next(); slice !== undefined && !closed; slice = decoder.next()) {
          for await (const plain of decoded.slicesOf(slice)) {
            const event = eventOf(plain, assembler);
            if (event !== undefined) setup.emit(event);
            closed = event?.type === 'close';
          }
        }
      },
      dispose: () => coder.close(),
    };
  },
};

/** What stands between decoder and assembler: slices of a coded message become slices of the message as it was sent. */
class DecodedMessages {
  readonly #coder: MessageCoder;
  #utf8: Utf8Validator | undefined;
  #opcode: Opcode | undefined;
  #first = true;

  constructor(coder: MessageCoder) {
    this.#coder = coder;
  }

  async *slicesOf(slice: FrameSlice): AsyncGenerator<FrameSlice> {
    const isData = slice.opcode <= Opcode.binary;
    if (!isData || (slice.rsv === 0 && this.#opcode === undefined)) {
      yield slice;
      return;
    }
    if (this.#opcode === undefined) {
      this.#opcode = slice.opcode;
      this.#utf8 = slice.opcode === Opcode.text ? new Utf8Validator() : undefined;
      this.#first = true;
    }
    const last = slice.fin && slice.last;
    const opcode = this.#opcode;
    const { decode } = this.#coder;
    decode.write(slice.payload, last);
    for (let piece = await decode.read(); piece !== undefined; piece = await decode.read()) {
      if (this.#utf8?.push(piece) === false) throw invalidUtf8();
      yield this.#plain(opcode, piece, false);
    }
    if (!last) return;
    if (this.#utf8?.end() === false) throw invalidUtf8();
    this.#opcode = undefined;
    yield this.#plain(opcode, Buffer.alloc(0), true);
  }

  #plain(opcode: Opcode, payload: Buffer, last: boolean): FrameSlice {
    const first = this.#first;
    this.#first = false;
    return new Slice(true, 0, opcode, payload, payload.length, first, last);
  }
}

const invalidUtf8 = (): ProtocolError =>
  new ProtocolError('ERR_SOKKER_INVALID_UTF8', VIOLATIONS.ERR_SOKKER_INVALID_UTF8);

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** Grammar and unknown extensions are @sokker/handshake's own; what names permessage-deflate needs the package. */
export const deflateNegotiation: NegotiationImplementation = {
  pending({ offer, answer, expect }) {
    if (answer === null && expect.httpStatus === 400) return undefined;
    const asksForLess = answer?.some((line) => line.includes('client_max_window_bits')) === true;
    const offered = offer.some((line) => line.includes('client_max_window_bits'));
    return asksForLess && !offered ? 'client_max_window_bits is always offered' : missing();
  },
  answer(offer) {
    const rawHeaders = ['Host', 'example.com', 'Upgrade', 'websocket', 'Connection', 'Upgrade'];
    rawHeaders.push('Sec-WebSocket-Key', KEY, 'Sec-WebSocket-Version', '13');
    for (const line of offer) rawHeaders.push('Sec-WebSocket-Extensions', line);
    const extensions = permessageDeflate === undefined ? [] : [extension()];
    const answer = respond({ method: 'GET', target: '/', httpVersion: '1.1', rawHeaders }, { extensions });
    const at = answer.rawHeaders.indexOf('Sec-WebSocket-Extensions');
    return { status: answer.status, extensions: at < 0 ? undefined : answer.rawHeaders[at + 1] };
  },
  confirm(offer, answer) {
    const randomBytes = (): Buffer => Buffer.from(KEY, 'base64');
    const [asked] = parseExtensions(offer);
    const extensions = asked === undefined ? [] : [extension(optionsFor(asked.parameters))];
    const request = createRequest('ws://example.com/', { extensions, randomBytes });
    const rawHeaders = ['Upgrade', 'websocket', 'Connection', 'Upgrade', 'Sec-WebSocket-Accept', ACCEPT];
    for (const line of answer) rawHeaders.push('Sec-WebSocket-Extensions', line);
    ours(() => verifyResponse(request, { httpVersion: '1.1', status: 101, reason: '', rawHeaders }));
  },
};

/** Options of the extension that make a client offer these parameters. */
function optionsFor(parameters: ReadonlyMap<string, string | true>): Record<string, unknown> {
  const bits = (name: string): number | undefined => {
    const value = parameters.get(name);
    return typeof value === 'string' ? Number(value) : undefined;
  };
  return {
    ...(parameters.has('server_no_context_takeover') ? { serverNoContextTakeover: true } : {}),
    ...(bits('server_max_window_bits') === undefined ? {} : { serverMaxWindowBits: bits('server_max_window_bits') }),
  };
}
