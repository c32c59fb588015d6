/** What runs against servers and against clients have in common: which fixtures can be run, and on whom. */
import { fixtures } from '../families.js';
import type { FixtureBase, FrameFixture, Role } from '../fixture.js';
import type { Opened } from './opened.js';
import type { Waits } from './play.js';

/** Whether a fixture's id fits. @param only default: all do; its flags g and y, with which it remembers, do not count */
export function selected(only: RegExp | undefined, { id }: FixtureBase): boolean {
  return only === undefined || new RegExp(only.source, only.flags.replace(/[gy]/g, '')).test(id);
}

/** All fixtures of frames (families A to E) for a role. */
export function framesFor(role: Role): readonly FrameFixture[] {
  const { header, closePayload, fragmentation, utf8, deflate } = fixtures;
  const frames = [header, closePayload, fragmentation, utf8, deflate].flatMap((family) => family.fixtures);
  return frames.filter((fixture) => fixture.role === role);
}

/** Why a fixture cannot run on what is at its own limits. */
export function asksForLimits({ limits }: FrameFixture): string | undefined {
  const asked = Object.entries(limits).map(([name, value]) => `${name} ${value}`);
  return asked.length === 0 ? undefined : `asks for ${asked.join(', ')}`;
}

/** Sends the text "Hello"; answers what came instead of it, where it does not come back. */
export async function hello(role: Role, { link, echoes }: Opened, { timeoutMs }: Waits): Promise<string | undefined> {
  // Masked as in RFC 6455 §5.7, to a server.
  link.write(Buffer.from(role === 'server' ? '818537fa213d7f9f4d5158' : '810548656c6c6f', 'hex'));
  await link.until(() => echoes().messages.length > 0 || echoes().isOver, timeoutMs);
  const { messages, close, wrong } = echoes();
  const [message] = messages;
  if (message === 'text 48656c6c6f') return undefined;
  const closed = close === undefined ? 'nothing' : `a Close with ${close ?? 'no code'}`;
  return `where the text "Hello" (text 48656c6c6f) must come back first, it sent ${wrong ?? message ?? closed}`;
}
