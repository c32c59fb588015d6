/** The head of an HTTP request, as values. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  /** Name, value, name, value … */
  readonly rawHeaders: readonly string[];
}

/** The head of an HTTP response, as values. */
export interface ResponseHead {
  readonly httpVersion: string;
  readonly status: number;
  /** Reason phrase; often empty. */
  readonly reason: string;
  /** Name, value, name, value … */
  readonly rawHeaders: readonly string[];
}

/** Versions whose requests come over streams of one connection, as Node and others write them. */
export const STREAM_VERSIONS: readonly string[] = ['2', '2.0', '3', '3.0'];

/** RFC 9113 §8.2.1: over HTTP/2 names are in lower case. */
export function lowerCased(rawHeaders: readonly string[]): string[] {
  return rawHeaders.map((text, index) => (index % 2 === 0 ? text.toLowerCase() : text));
}
