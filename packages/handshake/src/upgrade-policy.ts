import { parseAuthority, type Authority } from './authority.js';
import type { HeaderLimits } from './header-fields.js';
import { checkExtensions, type Extension } from './negotiation.js';
import { checkOptions, HEAD_OPTIONS, optionError, UPGRADE_POLICY_OPTIONS } from './options.js';
import { originJudge, type OriginJudge, type OriginPolicy } from './origin.js';
import { checkedHeaders, RESPONSE_HEADERS, type HeadersInput } from './output-headers.js';
import { checkSubprotocols } from './subprotocol.js';

/** Bounds of a head. `Infinity` disables one. */
export interface HeadOptions {
  /** Bytes of the whole head with the empty line that ends it; default 16 KiB. */
  readonly maxHeadBytes?: number;
  /** Header lines; default 100. */
  readonly maxHeaders?: number;
}

export interface UpgradePolicyOptions<Session = unknown> extends HeadOptions {
  /** Default `'same'`. */
  readonly origin?: OriginPolicy;
  /** Hosts served here, with or without port; default: any. A guard against DNS rebinding. */
  readonly hosts?: readonly string[];
  /** What `respond` chooses from, in the client's order; default: none. */
  readonly subprotocols?: readonly string[];
  /** What `respond` negotiates; default: none. */
  readonly extensions?: readonly Extension<Session>[];
  /** What `respond` adds to a 101; default: none. */
  readonly headers?: HeadersInput;
}

/** The rules of one server, checked once. Hand it to `examine` and `respond` in place of its options. */
export class UpgradePolicy<Session = unknown> implements HeaderLimits {
  readonly maxHeadBytes: number;
  readonly maxHeaders: number;
  readonly isAllowedOrigin: OriginJudge;
  readonly subprotocols: readonly string[];
  readonly extensions: readonly Extension<Session>[];
  readonly headers: HeadersInput;
  readonly #hosts: readonly Authority[] | undefined;

  /**
   * @param owner whom errors name
   * @throws UsageError `ERR_SOKKER_OPTION`
   */
  constructor(options: UpgradePolicyOptions<Session> = {}, owner = 'UpgradePolicy') {
    checkOptions(owner, UPGRADE_POLICY_OPTIONS, options);
    this.maxHeadBytes = options.maxHeadBytes ?? HEAD_OPTIONS.maxHeadBytes.default;
    this.maxHeaders = options.maxHeaders ?? HEAD_OPTIONS.maxHeaders.default;
    this.isAllowedOrigin = originJudge(options.origin ?? 'same');
    this.subprotocols = [...(options.subprotocols ?? [])];
    this.extensions = [...(options.extensions ?? [])];
    this.headers = pairs(checkedHeaders(options.headers, RESPONSE_HEADERS));
    this.#hosts = options.hosts?.map(listedHost);
    checkSubprotocols(owner, this.subprotocols);
    checkExtensions(owner, this.extensions);
  }

  static from<Session>(policy: UpgradePolicy<Session> | UpgradePolicyOptions<Session>): UpgradePolicy<Session> {
    return policy instanceof UpgradePolicy ? policy : new UpgradePolicy(policy);
  }

  /** An entry without port stands for every port; a request without port for the defaults, 80 and 443. */
  serves({ host, port }: Authority): boolean {
    if (this.#hosts === undefined) return true;
    const ports = port === undefined ? DEFAULT_PORTS : [port];
    return this.#hosts.some((each) => each.host === host && (each.port === undefined || ports.includes(each.port)));
  }
}

const DEFAULT_PORTS: readonly number[] = [80, 443];

function listedHost(text: unknown): Authority {
  const authority = typeof text === 'string' ? parseAuthority(text) : undefined;
  if (authority === undefined) throw optionError('hosts', "must list hosts, 'example.com' or 'example.com:8080'");
  return authority;
}

function pairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? ''] as [string, string]] : []));
}
