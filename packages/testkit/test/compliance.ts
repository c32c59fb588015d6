/** Runs every fixture through Sokker and writes what came of it by section: docs/compliance.md. */
import {
  fixtures,
  runClientFixtures,
  runClosingFixtures,
  runEncoderFixtures,
  runFrameFixtures,
  runHandshakeFixtures,
  runHttp2Fixtures,
  runNegotiationFixtures,
  type FixtureBase,
  type TestFunction,
} from '../src/index.js';
import { connection } from './adapters/connection.js';
import { deflateFrames, deflateNegotiation } from './adapters/deflate.js';
import { frameCores } from './adapters/frame-cores.js';
import { encoderCore } from './adapters/frame-encoder.js';
import { handshakeClient, handshakeHttp2, handshakeServer } from './adapters/handshake.js';

type Result = 'passed' | 'failed' | 'pending';

/** Chunkings are for the tests of each package; here one way of cutting says whether the rule is kept. */
const CHUNKING = { maxSplits: 0, randomCuts: 0 };

export async function compliance(): Promise<string> {
  const results = await runAll();
  const all = Object.values(fixtures).flatMap((family): readonly FixtureBase[] => family.fixtures);
  const sections = groupBy(all, ({ rule }) => `${rule.rfc} ${rule.section}`);
  const rows = [...sections].sort(bySection).map(([section, group]) => row(section, group, results));
  const count = (wanted: Result): number => all.filter(({ id }) => results.get(id)?.result === wanted).length;
  const pending = [...results].filter(([, { result }]) => result === 'pending');
  return [
    '# Compliance',
    '',
    'Printed by `UPDATE_COMPLIANCE=1 npx jest packages/testkit/test/compliance`, which runs the fixtures of @sokker/testkit',
    'through Sokker; without the variable it compares. [fixtures.md](fixtures.md) explains the fixtures.',
    '',
    `${all.length} fixtures: ${count('passed')} passed, ${count('failed')} failed, ${count('pending')} not run.`,
    '',
    '| section | fixtures | passed | failed | not run | groups |',
    '|---|---:|---:|---:|---:|---|',
    ...rows,
    '',
    '## Not run',
    '',
    ...(pending.length === 0 ? ['Nothing.'] : pending.map(([id, { reason }]) => `- \`${id}\`: ${reason}`)),
    '',
  ].join('\n');
}

interface Outcome {
  readonly result: Result;
  readonly reason: string;
}

async function runAll(): Promise<Map<string, Outcome>> {
  const results = new Map<string, Outcome>();
  const bodies: (() => Promise<void>)[] = [];
  const test = collector(results, bodies);
  const options = { chunking: CHUNKING, codes: true };
  const { header, closePayload, fragmentation, utf8, deflate } = fixtures;
  const inflates = ({ extensions, expect }: (typeof header.fixtures)[number]): boolean =>
    extensions.length > 0 && expect.events.length > 0;
  for (const family of [header, closePayload, fragmentation, utf8]) {
    const plain = family.fixtures.filter((fixture) => !inflates(fixture));
    runFrameFixtures(frameCores('slices'), test, plain, options);
  }
  runFrameFixtures(deflateFrames, test, [...header.fixtures.filter(inflates), ...deflate.fixtures], options);
  runNegotiationFixtures(deflateNegotiation, test, fixtures.negotiation.fixtures);
  runHandshakeFixtures(handshakeServer, test, fixtures.handshake.fixtures, { chunking: CHUNKING });
  runClientFixtures(handshakeClient, test, fixtures.client.fixtures, CHUNKING);
  runClosingFixtures(connection, test, fixtures.closing.fixtures);
  runEncoderFixtures(encoderCore, test, fixtures.encoder.fixtures);
  runHttp2Fixtures(handshakeHttp2, test, fixtures.http2.fixtures);
  for (const body of bodies) await body();
  return results;
}

/** A test function that keeps results instead of reporting them. */
function collector(results: Map<string, Outcome>, bodies: (() => Promise<void>)[]): TestFunction {
  const idOf = (name: string): string => name.split(' ')[0] ?? name;
  const run: TestFunction = (name, body) =>
    bodies.push(async () => {
      const outcome = await body().then(
        () => ({ result: 'passed' as const, reason: '' }),
        (error: unknown) => ({ result: 'failed' as const, reason: String(error) }),
      );
      results.set(idOf(name), outcome);
    });
  run.skip = (name) => {
    const reason = name.slice(name.indexOf('[pending: ') + '[pending: '.length, -1);
    results.set(idOf(name), { result: 'pending', reason });
  };
  return run;
}

function row(section: string, group: readonly FixtureBase[], results: ReadonlyMap<string, Outcome>): string {
  const [rfc, number] = section.split(' ');
  const count = (wanted: Result): number => group.filter(({ id }) => results.get(id)?.result === wanted).length;
  const groups = groupBy(group, ({ id }) => id.split('/').slice(0, 2).join('/'));
  const names = [...groups].map(([name, members]) => `${name} (${members.length})`).join(', ');
  const counts = [group.length, count('passed'), count('failed'), count('pending')];
  return `| RFC ${rfc} §${number} | ${counts.join(' | ')} | ${names} |`;
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function bySection([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left.localeCompare(right, 'en', { numeric: true });
}
