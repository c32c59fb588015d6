import { channel, type Channel } from 'node:diagnostics_channel';

/** What is published on node:diagnostics_channel, whether or not anyone listens for events. Every message has `cluster`. */
export const channels: { readonly error: Channel; readonly cut: Channel; readonly gap: Channel } = {
  /** Something went wrong: `error`. */
  error: channel('sokker:cluster:error'),
  /** This server is cut off from the others. */
  cut: channel('sokker:cluster:cut'),
  /** Something of what other servers said is lost. */
  gap: channel('sokker:cluster:gap'),
};
