import type { Tree } from '../tree.js';
import { sourcesOf } from '../tree.js';

/** The rooms whose sources are mutated. */
export const MUTATED_ROOMS = ['frame', 'handshake'] as const;
type MutatedRoom = (typeof MUTATED_ROOMS)[number];

/** One source and the suites that must notice when it changes, as paths from the root. */
export interface Task {
  readonly source: string;
  readonly suites: readonly string[];
}

/** Its own suite is expected to prove a source; some sources are proved through another's, or by the fixtures too. */
const SUITES: Readonly<Record<MutatedRoom, Readonly<Record<string, readonly string[]>>>> = {
  frame: {
    'encoder-core': ['reclaim'],
    'given-frame': ['encoder-core', 'assembler-stage'],
    'late-failure': ['pull-transform', 'encoder'],
    'mask-vectors': ['mask'],
    pending: ['encoder-core'],
    'pull-transform': ['pull-transform-writes'],
    slab: ['reclaim'],
    'web/orderly-source': ['web/stage-pair', 'web/decoder-stream', 'web/encoder-stream'],
    'web/stage-pair': ['web/decoder-stream', 'web/encoder-stream'],
  },
  handshake: {
    acceptance: ['connect-rules', 'respond'],
    authority: ['origin', 'upgrade-request', 'connect-rules'],
    'client-request': ['connect-request'],
    'client-response': ['connect-request'],
    'head-reader': ['request-head', 'response-head'],
    'head-scanner': ['request-head', 'response-head'],
    'header-fields': ['upgrade-request'],
    'message-head': ['request-head', 'connect-request'],
    negotiation: ['acceptance', 'client-request', 'client-response', 'upgrade-policy'],
    'node-headers': ['connect-request'],
    octets: ['head-scanner', 'head-encoder', 'extension-header', 'acceptance'],
    options: ['acceptance', 'client-request', 'head-stream', 'refusal', 'upgrade-request', 'respond'],
    'output-headers': ['acceptance', 'client-request', 'refusal'],
    'request-target': ['upgrade-request'],
    'status-text': ['refusal', 'head-encoder'],
    subprotocol: ['upgrade-request', 'client-request', 'client-response', 'acceptance'],
    'upgrade-policy': ['upgrade-request', 'respond', 'upgrade'],
    'upgrade-request': ['connect-rules'],
    'upgrade-rules': ['upgrade-request'],
    violations: ['errors', 'refusal', 'upgrade-request', 'client-response'],
  },
};

/** What the fixtures never reach: there they would only take time. */
const BEYOND_FIXTURES =
  /\/(?:web\/.*|options|(?:de|en)coder|assembler|fragmenter|.*-stage|.*-stream|pull-transform|late-failure)\.ts$/;

/** One task for each source of the mutated rooms that has code. */
export function tasksOf(tree: Tree): Task[] {
  return MUTATED_ROOMS.flatMap((room) =>
    sourcesOf(tree, room)
      .filter((source) => !source.endsWith('/index.ts'))
      .map((source) => ({ source, suites: suitesOf(tree, room, source) })),
  );
}

function suitesOf(tree: Tree, room: MutatedRoom, source: string): string[] {
  const name = source.slice(`packages/${room}/src/`.length, -'.ts'.length);
  const names = [name, ...(SUITES[room][name] ?? [])];
  const suites = names.map((each) => `packages/${room}/test/${each}.test.ts`).filter((path) => tree.has(path));
  return BEYOND_FIXTURES.test(source) ? suites : [...suites, `packages/testkit/test/${room}.mutation.ts`];
}

/**
 * The tasks whose sources have one of `parts` in their path; without parts, all of them.
 * @throws Error that names a part which no path has
 */
export function chosenTasks(tasks: readonly Task[], parts: readonly string[]): readonly Task[] {
  const stray = parts.find((part) => !tasks.some(({ source }) => source.includes(part)));
  if (stray !== undefined) throw new Error(`no source that is mutated has '${stray}' in its path`);
  return parts.length === 0 ? tasks : tasks.filter(({ source }) => parts.some((part) => source.includes(part)));
}
