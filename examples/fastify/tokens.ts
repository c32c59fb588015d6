// Who may come in, by bearer token (RFC 6750 §2.1). Digests are compared, whose timing says nothing of the tokens.
import { createHash } from 'node:crypto';
import { StartError } from '../program.js';

export class Tokens {
  readonly #holders: ReadonlyMap<string, string>;

  private constructor(holders: ReadonlyMap<string, string>) {
    this.#holders = holders;
  }

  /**
   * @param list such as `ada:secret,bob:other`
   * @throws StartError
   */
  static parse(list = ''): Tokens {
    const holders = new Map<string, string>();
    for (const entry of list.split(',')) {
      const [, name, token] = /^([a-z0-9-]+):([\w.~+/-]+=*)$/.exec(entry.trim()) ?? [];
      if (name === undefined || token === undefined) {
        throw new StartError('Set TOKENS to who may come in, each a name and a token: TOKENS=ada:secret,bob:other');
      }
      holders.set(digest(token), name);
    }
    return new Tokens(holders);
  }

  /** Whose token an Authorization header has; undefined for nobody's. */
  holderOf(authorization = ''): string | undefined {
    const [, token] = /^bearer +(\S+)$/i.exec(authorization) ?? [];
    return token === undefined ? undefined : this.#holders.get(digest(token));
  }
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
