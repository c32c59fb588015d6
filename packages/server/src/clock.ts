/** The time of day as an HTTP-date (RFC 9110 §5.6.7), which no `Clock` knows. */
export function httpDate(): string {
  return new Date().toUTCString();
}
