export type UsageCode = 'ERR_SOKKER_OPTION' | 'ERR_SOKKER_ARGUMENT';

/** Your call was wrong; thrown at once. */
export class UsageError extends TypeError {
  override readonly name = 'UsageError';
  readonly code: UsageCode;

  constructor(code: UsageCode, message: string) {
    super(message);
    this.code = code;
  }
}
