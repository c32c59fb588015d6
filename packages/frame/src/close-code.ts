/** Close codes (RFC 6455 §7.4.1 and the IANA registry it founded). */
export const CloseCode = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  unsupportedData: 1003,
  /** Reported when a Close frame carried no code; never on the wire. */
  noStatus: 1005,
  /** Reported when the connection ended without a Close frame; never on the wire. */
  abnormal: 1006,
  invalidPayload: 1007,
  policyViolation: 1008,
  messageTooBig: 1009,
  mandatoryExtension: 1010,
  internalError: 1011,
  serviceRestart: 1012,
  tryAgainLater: 1013,
  badGateway: 1014,
  /** Reported when the TLS handshake failed; never on the wire. */
  tlsHandshake: 1015,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/**
 * Whether a code may stand in a Close frame (RFC 6455 §7.4.1, §7.4.2): 1000 to 1003 and 1007 to 1014 are
 * assigned, 3000 to 3999 belong to libraries, 4000 to 4999 to applications.
 */
export function isCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (code >= 3000 && code <= 4999) || (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006));
}

/** Whether some code that may stand in a Close frame begins with this byte: 1000 to 1014 with 3, 3000 to 4999 with 11 to 19. */
export function isCloseCodeStart(high: number): boolean {
  return high === 3 || (high >= 11 && high <= 19);
}
