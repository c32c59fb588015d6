import type { Extension, ExtensionParameters } from '@sokker/handshake';
import { acceptOffer, confirmResponse, offerFor } from './negotiation.js';
import { readDeflateOptions, type DeflateConfig, type DeflateOptions } from './options.js';
import { DeflateSession, NAME } from './session.js';
import { WarmSet } from './warm-set.js';

/**
 * The permessage-deflate extension (RFC 7692), for a server, a client or both: one value serves any number of
 * connections, each of which gets a coder of its own.
 * @throws UsageError `ERR_SOKKER_OPTION`
 */
export function permessageDeflate(options?: DeflateOptions): Extension<DeflateSession> {
  return new PermessageDeflate(readDeflateOptions(options));
}

class PermessageDeflate implements Extension<DeflateSession> {
  readonly name = NAME;
  readonly #config: DeflateConfig;
  readonly #warm: WarmSet<DeflateSession>;

  constructor(config: DeflateConfig) {
    this.#config = config;
    this.#warm = new WarmSet(config.maxWarmConnections);
  }

  offer(): readonly ExtensionParameters[] {
    return [offerFor(this.#config)];
  }

  accept(
    offers: readonly ExtensionParameters[],
  ): { readonly parameters: ExtensionParameters; readonly session: DeflateSession } | undefined {
    for (const offer of offers) {
      const accepted = acceptOffer(offer, this.#config);
      if (accepted === undefined) continue;
      const session = new DeflateSession(accepted.agreement, 'server', this.#config, this.#warm);
      return { parameters: accepted.parameters, session };
    }
    return undefined;
  }

  confirm(parameters: ExtensionParameters): DeflateSession {
    return new DeflateSession(confirmResponse(parameters, this.#config), 'client', this.#config, this.#warm);
  }
}
