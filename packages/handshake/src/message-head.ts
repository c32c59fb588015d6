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
