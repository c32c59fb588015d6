import { readOptions } from '@sokker/frame';
import type { AddressInfo } from 'node:net';
import { checkAddress, checkEmitter, checkNoCallback, checkOnePath, claimed } from './arguments.js';
import { attach, type UpgradeEmitter } from './attachments.js';
import type { Doorway } from './doorway.js';
import { ServerError } from './errors.js';
import { Listener } from './listener.js';
import { ATTACH_OPTIONS, type AttachOptions } from './options.js';
import type { Parts } from './parts.js';
import { forgetSocketKinds } from './socket-kinds.js';

/** The ways in to one server: listeners of its own, and those of others that it is attached to. */
export class Entrances<Context> {
  readonly #doorway: Doorway<Context>;
  readonly #parts: Parts<Context>;
  readonly #listeners = new Set<Listener>();
  readonly #attachments = new Set<() => void>();
  #closed = false;

  constructor(doorway: Doorway<Context>, parts: Parts<Context>) {
    this.#doorway = doorway;
    this.#parts = parts;
  }

  async listen(
    port: number | string,
    host: string | undefined,
    rest: readonly unknown[],
  ): Promise<AddressInfo | string> {
    checkNoCallback([host, ...rest]);
    checkAddress(port, host);
    this.#expectOpen();
    forgetSocketKinds();
    const { recorder, reporter } = this.#parts;
    const listener = new Listener({
      onSocket: (socket) => this.#doorway.onSocket(socket),
      onError: (error) => reporter.error(error, undefined),
    });
    this.#listeners.add(listener);
    const address = await listener.listen(port, host).catch((error: unknown) => {
      this.#listeners.delete(listener);
      throw error;
    });
    recorder.record('listen', { address });
    reporter.tell('listening', address);
    return address;
  }

  attach(httpServer: UpgradeEmitter, options: AttachOptions): () => void {
    const { path } = readOptions<AttachOptions>('attach', ATTACH_OPTIONS, options);
    checkOnePath(path);
    checkEmitter(httpServer);
    this.#expectOpen();
    forgetSocketKinds();
    const detach = attach(httpServer, {
      path,
      claims: (asked) => path === undefined || (typeof path === 'string' ? asked === path : claimed(path(asked))),
      onFault: (error) => this.#parts.reporter.fault(error, undefined),
      turnAway: (...refused) => this.#doorway.turnAway(...refused),
      turnAwayLater: (...refused) => this.#doorway.turnAwayLater(...refused),
      take: (read) => this.#doorway.onRequest(read),
    });
    this.#attachments.add(detach);
    return () => {
      this.#attachments.delete(detach);
      detach();
    };
  }

  /** Others go on listening, and whoever comes through them is answered. */
  stopListening(): void {
    this.#closed = true;
    for (const listener of this.#listeners) listener.close();
    this.#listeners.clear();
  }

  close(): void {
    this.stopListening();
    for (const detach of this.#attachments) detach();
    this.#attachments.clear();
  }

  #expectOpen(): void {
    if (this.#closed) throw new ServerError('ERR_SOKKER_SERVER_CLOSED');
  }
}
