import { channel, type Channel } from 'node:diagnostics_channel';

/** What is published on node:diagnostics_channel, whether or not anyone listens for events. Every message has `cluster`. */
export const channels: { readonly error: Channel; readonly gap: Channel } = {
  /** Something went wrong: `error`. */
  error: channel('sokker:cluster:error'),
  /** What other servers published may be lost. */
  gap: channel('sokker:cluster:gap'),
};
