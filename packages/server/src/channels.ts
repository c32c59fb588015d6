import { channel } from 'node:diagnostics_channel';

/** What a server decides, published on node:diagnostics_channel whether or not anyone listens for events. */
export const channels = {
  /** `{ server, error, connection? }` */
  error: channel('sokker:server:error'),
} as const;
