import { Connection, type ConnectionOwner, type ConnectionSettings, type Session } from '@sokker/connection';
import type { Duplex } from 'node:stream';

/** A connection that a SokkerServer opened. */
export class ServerConnection<Context = unknown> extends Connection<Context> {
  /** Address of the client; undefined on a unix socket. */
  readonly remoteAddress: string | undefined;

  constructor(
    duplex: Duplex,
    settings: ConnectionSettings,
    session: Session<Context>,
    owner: ConnectionOwner<Context>,
    remoteAddress: string | undefined,
  ) {
    super(duplex, settings, session, owner);
    this.remoteAddress = remoteAddress;
  }
}

/** The connection among the arguments of an event. */
export function connectionIn<Context>(args: readonly unknown[]): ServerConnection<Context> | undefined {
  return args.find((argument): argument is ServerConnection<Context> => argument instanceof ServerConnection);
}
