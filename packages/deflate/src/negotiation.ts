// What an offer, our settings and a response come to. Values in, values out; nothing is allocated here.
import type { ExtensionParameters } from '@sokker/handshake';
import { badResponse } from './errors.js';
import { MAX_WINDOW_BITS, readParameters, writeParameters, type DeflateParameters } from './parameters.js';

/** How one endpoint compresses what it sends. */
export interface Direction {
  /** Whether a message may refer to those before it. */
  readonly takeover: boolean;
  /** 8 to 15: it refers at most 2 to this power bytes back. */
  readonly windowBits: number;
}

export interface Agreement {
  readonly server: Direction;
  readonly client: Direction;
}

/** Our side of the negotiation, in either role. */
export interface Terms {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number;
  readonly clientMaxWindowBits: number;
}

/** Server: what an offer comes to; undefined declines it (RFC 7692 §7.1). */
export function acceptOffer(
  offered: ExtensionParameters,
  terms: Terms,
): { readonly parameters: ExtensionParameters; readonly agreement: Agreement } | undefined {
  const offer = readParameters(offered);
  if (typeof offer === 'string') return undefined;
  const asked = offer.clientMaxWindowBits;
  // A client that does not offer the parameter may not be sent it, and so cannot be held to a smaller window.
  if (asked === undefined && terms.clientMaxWindowBits < MAX_WINDOW_BITS) return undefined;
  const serverBits = Math.min(terms.serverMaxWindowBits, offer.serverMaxWindowBits ?? MAX_WINDOW_BITS);
  const clientBits = Math.min(terms.clientMaxWindowBits, typeof asked === 'number' ? asked : MAX_WINDOW_BITS);
  const agreed: DeflateParameters = {
    // Both of these, and a server window, may be imposed on a client that did not ask (§7.1.1, §7.1.2.1).
    serverNoContextTakeover: terms.serverNoContextTakeover || offer.serverNoContextTakeover,
    clientNoContextTakeover: terms.clientNoContextTakeover || offer.clientNoContextTakeover,
    serverMaxWindowBits: offer.serverMaxWindowBits === undefined ? belowMaximum(serverBits) : serverBits,
    clientMaxWindowBits: asked === undefined ? undefined : belowMaximum(clientBits),
  };
  return { parameters: writeParameters(agreed), agreement: agreementOf(agreed, serverBits, clientBits) };
}

function belowMaximum(bits: number): number | undefined {
  return bits < MAX_WINDOW_BITS ? bits : undefined;
}

/** Client: the offer that asks for our terms. */
export function offerFor(terms: Terms): ExtensionParameters {
  return writeParameters({
    ...terms,
    serverMaxWindowBits: belowMaximum(terms.serverMaxWindowBits),
    // Always named, so that the server may ask for less than we could (§7.1.2.2).
    clientMaxWindowBits: belowMaximum(terms.clientMaxWindowBits) ?? true,
  });
}

/**
 * Client: what the response to `offerFor(terms)` comes to. A server may ask for more than was offered; it may not leave
 * out what was (RFC 7692 §7.1.1.1, §7.1.2.1).
 * @throws HandshakeError without status
 */
export function confirmResponse(response: ExtensionParameters, terms: Terms): Agreement {
  const answer = readParameters(response);
  if (typeof answer === 'string') throw badResponse('ERR_SOKKER_DEFLATE_PARAMETER', answer.slice(0, 64));
  if (answer.clientMaxWindowBits === true) {
    throw badResponse('ERR_SOKKER_DEFLATE_PARAMETER', 'client_max_window_bits without a value');
  }
  const serverBits = answer.serverMaxWindowBits ?? MAX_WINDOW_BITS;
  const clientBits = answer.clientMaxWindowBits ?? terms.clientMaxWindowBits;
  if (serverBits > terms.serverMaxWindowBits) {
    throw badResponse(
      'ERR_SOKKER_DEFLATE_WINDOW',
      `server_max_window_bits ${serverBits} > ${terms.serverMaxWindowBits}`,
    );
  }
  if (clientBits > terms.clientMaxWindowBits) {
    throw badResponse(
      'ERR_SOKKER_DEFLATE_WINDOW',
      `client_max_window_bits ${clientBits} > ${terms.clientMaxWindowBits}`,
    );
  }
  if (terms.serverNoContextTakeover && !answer.serverNoContextTakeover) {
    throw badResponse('ERR_SOKKER_DEFLATE_TAKEOVER', 'server_no_context_takeover is missing');
  }
  // Our own context is ours to give up, whether or not the server repeats it (§7.1.1.2).
  const clientNoContextTakeover = terms.clientNoContextTakeover || answer.clientNoContextTakeover;
  return agreementOf({ ...answer, clientNoContextTakeover }, serverBits, clientBits);
}

function agreementOf(agreed: DeflateParameters, serverBits: number, clientBits: number): Agreement {
  return {
    server: { takeover: !agreed.serverNoContextTakeover, windowBits: serverBits },
    client: { takeover: !agreed.clientNoContextTakeover, windowBits: clientBits },
  };
}
