import { accept, type Acceptance } from './acceptance.js';
import type { Refusal } from './refusal.js';
import { selectSubprotocol } from './subprotocol.js';
import { UpgradePolicy, type UpgradePolicyOptions } from './upgrade-policy.js';
import { examine, type UpgradeRequest } from './upgrade-request.js';

/**
 * Both steps of a server at once, for those who need not ask anyone in between: every request that breaks no rule is
 * accepted, with the first subprotocol that both ends speak.
 * @throws UsageError for a wrong policy
 */
export function respond<Session = unknown>(
  request: UpgradeRequest,
  policy: UpgradePolicy<Session> | UpgradePolicyOptions<Session> = {},
): Acceptance<Session> | Refusal {
  const settled = UpgradePolicy.from(policy);
  const offer = examine(request, settled);
  if (offer.type === 'refusal') return offer;
  const { extensions, headers, subprotocols } = settled;
  return accept(offer, { subprotocol: selectSubprotocol(offer.subprotocols, subprotocols), extensions, headers });
}
