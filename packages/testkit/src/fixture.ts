/**
 * The shapes of the fixture files, as docs/fixtures.md explains them and fixtures/schema.json checks them.
 * Everything here is plain JSON: bytes are hexadecimal text (see `bytesOf`), absent values are `null`.
 */

/** The role of the endpoint under test. A `'server'` receives masked frames, a `'client'` unmasked ones. */
export type Role = 'client' | 'server';

/** Where a rule is written: `rfc` is the number alone (`'6455'`), `section` has no paragraph sign (`'5.2'`). */
export interface Rule {
  readonly rfc: string;
  readonly section: string;
}

/** Limits that the endpoint under test is set to. An absent limit is at the implementation's own default. */
export interface Limits {
  /** Bytes of one message after decoding. */
  readonly maxMessageBytes?: number;
  /** Bytes of payload that one data frame may declare. */
  readonly maxFramePayloadBytes?: number;
  /** Frames of one message, the first included. */
  readonly maxFragments?: number;
}

/** What a receiver tells its application. The payload of a message is complete: fragments are joined. */
export type FixtureEvent =
  | { readonly type: 'text' | 'binary' | 'ping' | 'pong'; readonly hex: string }
  | { readonly type: 'close'; readonly code: number; readonly reason: string };

/** What every implementation must do with a stream of frames. */
export interface Expectation {
  /** Everything that reaches the application before the stream ends or fails, in order. */
  readonly events: readonly FixtureEvent[];
  /** Close code with which the connection is failed; `null` when nothing is wrong. */
  readonly closeCode: number | null;
  /** HTTP status of the answer; `null` where there is no HTTP. */
  readonly httpStatus: number | null;
  /** Index of the byte at which the violation is knowable; `null` when nothing is wrong. */
  readonly detectAt: number | null;
}

/** What every fixture has, of whatever kind. */
export interface FixtureBase {
  /** `family/group/name`, unique over all files and stable over releases. */
  readonly id: string;
  readonly role: Role;
  readonly rule: Rule;
  /** One sentence: what the fixture shows. */
  readonly why: string;
  /** What only Sokker promises; other implementations ignore it. */
  readonly sokker?: { readonly code: string };
}

/** Bytes go in, events and perhaps a failure come out: families A to E. */
export interface FrameFixture extends FixtureBase {
  /** Extensions in force, each as the server's `Sec-WebSocket-Extensions` header confirmed it. */
  readonly extensions: readonly string[];
  readonly limits: Limits;
  /** Key that masks every frame in `hex`; `null` for unmasked streams. */
  readonly maskingKey: string | null;
  /** The exact bytes on the wire, as the peer sent them. */
  readonly hex: string;
  readonly expect: Expectation;
  /** Further outcomes that the RFC allows just as well. */
  readonly alternatives?: readonly Expectation[];
}

/** Header lines of extensions go in, an answer or a judgement comes out: family F. */
export interface NegotiationFixture extends FixtureBase {
  /** Values of the `Sec-WebSocket-Extensions` lines that the client sent. */
  readonly offer: readonly string[];
  /** Values of the lines that the server answered: given in role client, `null` in role server. */
  readonly answer: readonly string[] | null;
  readonly expect: NegotiationExpectation;
}

/** A server supports permessage-deflate with every parameter; a client judges the answer to what it offered. */
export interface NegotiationExpectation {
  /** Role server: 101, or 400 for a header that breaks the grammar. `null` in role client. */
  readonly httpStatus: number | null;
  /** Role server: whether permessage-deflate is in force afterwards. Role client: whether the connection opens. */
  readonly accepts: boolean;
  /** Role server: parameters that the answer must have; `true` stands for one without a value. */
  readonly requires: Readonly<Record<string, string | true>>;
  /** Role server: parameters that the answer must not have. */
  readonly forbids: readonly string[];
  /** Role server: greatest values of parameters, whether required or not. */
  readonly atMost: Readonly<Record<string, number>>;
}

/** How the server of a handshake fixture is set up. */
export interface ServerSettings {
  readonly subprotocols: readonly string[];
  /** Which origins may connect: the host's own, any, or a list. */
  readonly origin: 'same' | 'any' | readonly string[];
  /** Whether the server itself speaks TLS, and so knows the scheme. */
  readonly secure: boolean;
}

/** What a server answers to a request. */
export interface AnswerExpectation {
  /** `null`: the request is not whole, nothing is answered yet. */
  readonly httpStatus: number | null;
  /** Header fields of the answer, names in lower case; `null` says that the field must be absent. */
  readonly headers: Readonly<Record<string, string | null>>;
}

/** A request goes in, an answer comes out: family G. */
export interface HandshakeFixture extends FixtureBase {
  readonly settings: ServerSettings;
  /** The head of the request; each character is one byte (ISO 8859-1). */
  readonly request: string;
  /** Bytes that follow the head at once. */
  readonly after: string;
  /** Bytes of `after` that reach the frame decoder: all of them after 101, none otherwise. */
  readonly frames: string;
  readonly expect: AnswerExpectation;
  /** Further statuses that the RFC allows just as well. */
  readonly alternatives?: readonly number[];
}

/** A request is made, or a response is judged: family H. */
export type ClientFixture = ClientRequestFixture | ClientResponseFixture;

export interface ClientRequestFixture extends FixtureBase {
  readonly act: 'request';
  readonly url: string;
  readonly subprotocols: readonly string[];
  /** Header fields of the application. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** `null`: the call must be refused before anything is sent. */
  readonly expect: {
    readonly target: string;
    /** Names in lower case; `null` says that the field must be absent. */
    readonly headers: Readonly<Record<string, string | null>>;
  } | null;
}

export interface ClientResponseFixture extends FixtureBase {
  readonly act: 'response';
  /** The key that the client sent. */
  readonly key: string;
  readonly subprotocols: readonly string[];
  /** The head of the response, or as much as comes; each character is one byte (ISO 8859-1). */
  readonly response: string;
  /** Bytes that follow the head at once. */
  readonly after: string;
  /** Whether the server ends the connection after that. */
  readonly ends: boolean;
  readonly expect: {
    readonly opens: boolean;
    /** Subprotocol in use; `null` for none. */
    readonly subprotocol: string | null;
    /** Status of a response that is no 101; `null` otherwise. */
    readonly httpStatus: number | null;
    /** Bytes of `after` that reach the frame decoder. */
    readonly frames: string;
  };
}

/** A frame that was sent. Of a Close the code alone is compared; `null`: its payload is empty. */
export type SentFrame =
  | { readonly type: 'text' | 'binary' | 'ping' | 'pong'; readonly hex: string }
  | { readonly type: 'close'; readonly code: number | null };

/** One step of a closing handshake: something happens to an open connection, or something must have come of it. */
export type ClosingStep =
  | { readonly receive: string }
  | { readonly receiveEnd: true }
  | { readonly receiveReset: true }
  | { readonly close: { readonly code: number | null; readonly reason: string } }
  | { readonly send: string }
  | { readonly ping: string }
  /** The clock goes on by so many milliseconds. */
  | { readonly wait: number }
  /** Frames written since the last such step, and no others. */
  | { readonly sent: readonly SentFrame[] }
  /** Whether we have ended (or destroyed) our side of the TCP connection. */
  | { readonly ended: boolean };

/** A script for an open connection: family I. */
export interface ClosingFixture extends FixtureBase {
  /** How long a closing handshake may take, in milliseconds. */
  readonly closeTimeoutMs: number;
  readonly steps: readonly ClosingStep[];
  readonly expect: {
    /** Messages, pings and pongs that reach the application; `null`: not judged. */
    readonly events: readonly FixtureEvent[] | null;
    /** The one close event, always last. A code or reason that is `null` is not judged. */
    readonly closed: { readonly code: number | null; readonly reason: string | null; readonly clean: boolean };
  };
}

/** What to encode. */
export type EncoderInput =
  | { readonly frame: { readonly fin: boolean; readonly rsv: number; readonly opcode: number; readonly hex: string } }
  | {
      readonly message: {
        readonly type: 'text' | 'binary';
        readonly hex: string;
        readonly fragmentBytes: number | null;
      };
    }
  /** A string as UTF-16, which may hold lone surrogates. */
  | { readonly text: string }
  | { readonly close: { readonly code: number | null; readonly reason: string } };

/** Something to send goes in, bytes come out: family J. */
export interface EncoderFixture extends FixtureBase {
  readonly input: EncoderInput;
  /** Key for every frame; `null` in role server. */
  readonly maskingKey: string | null;
  /** The exact bytes; `null`: the call must be refused. */
  readonly expect: { readonly hex: string } | null;
}

/** The header fields of an extended CONNECT go in as plain values, an answer comes out: family K. */
export interface Http2Fixture extends FixtureBase {
  readonly settings: ServerSettings;
  readonly pseudoHeaders: Readonly<Record<string, string>>;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly expect: AnswerExpectation;
  /** Further statuses that the RFC allows just as well. */
  readonly alternatives?: readonly number[];
}

/** One file of fixtures. */
export interface Family<Fixture extends FixtureBase = FixtureBase> {
  /** The file's name without `.json`. */
  readonly family: string;
  readonly letter: string;
  readonly title: string;
  /** Which of the shapes the fixtures have; names the runner. */
  readonly kind: 'frames' | 'negotiation' | 'handshake' | 'client' | 'closing' | 'encoder' | 'http2';
  readonly fixtures: readonly Fixture[];
}
