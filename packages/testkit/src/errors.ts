export type UsageCode = 'ERR_SOKKER_OPTION';

/** Your call was wrong; thrown at once. */
export class UsageError extends TypeError {
  override readonly name = 'UsageError';
  readonly code: UsageCode;

  constructor(code: UsageCode, message: string) {
    super(message);
    this.code = code;
  }
}
