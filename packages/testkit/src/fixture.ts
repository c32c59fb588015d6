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

/** What every implementation must do with a fixture. */
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

/** One file of fixtures. */
export interface Family<Fixture extends FixtureBase = FixtureBase> {
  /** The file's name without `.json`. */
  readonly family: string;
  readonly letter: string;
  readonly title: string;
  /** Which of the shapes the fixtures have; names the runner. */
  readonly kind: string;
  readonly fixtures: readonly Fixture[];
}
