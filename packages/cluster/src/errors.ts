import { FAULTS, type FaultCode } from './violations.js';

/** The cluster could not do what was asked, or something is wrong with its backplane; `cause` has what that said. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: FaultCode;

  /** @param detail what it is about */
  constructor(code: FaultCode, detail?: string, options?: ErrorOptions) {
    super(detail === undefined ? FAULTS[code].text : `${FAULTS[code].text} (${detail})`, options);
    this.code = code;
  }
}
