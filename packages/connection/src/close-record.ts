/** How a connection ended. */
export interface CloseRecord {
  /**
   * The peer's close code where it sent one, else that with which we failed the connection, even where a peer that does
   * not read could not be told; 1005 when a Close carried none, 1006 when the connection was lost, or our Close not
   * answered in time (RFC 6455 §7.1.5).
   */
  readonly code: number;
  /** The text beside the code. It is the peer's word: escape it before it is shown or logged. */
  readonly reason: string;
  /** Whether both sides sent a Close and no rule was broken. */
  readonly clean: boolean;
  /** Who began: we, the peer, or neither because the transport broke. */
  readonly by: 'us' | 'peer' | 'network';
  /** 'closing' where it broke off during the closing handshake; else 'open'. */
  readonly phase: 'open' | 'closing';
  /** What went wrong, if anything did; there where `code` is 1006, unless `terminate` ended it without a reason. */
  readonly error?: NodeJS.ErrnoException;
}
