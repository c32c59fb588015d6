import { channel } from 'node:diagnostics_channel';

/** What happens to connections, published on node:diagnostics_channel whether or not anyone listens for events. */
export const channels = {
  /** `{ connection, error }` */
  error: channel('sokker:connection:error'),
  /** `{ connection, record }` */
  close: channel('sokker:connection:close'),
  /** `{ connection, bufferedBytes }`: the peer counts as too slow */
  slow: channel('sokker:connection:slow'),
} as const;
