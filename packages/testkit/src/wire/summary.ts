/** What a run showed, as lines for people. */
import { fixtures } from '../families.js';
import type { FixtureBase } from '../fixture.js';
import { WIRE_DEVIATIONS, type WireFinding, type WireResult } from './result.js';

/** The gravest of what was found. */
export function gravest<Found extends { readonly deviation: string }>(findings: readonly Found[]): Found | undefined {
  const rank = ({ deviation }: Found): number => WIRE_DEVIATIONS.indexOf(deviation as WireFinding['deviation']);
  return [...findings].sort((one, other) => rank(one) - rank(other))[0];
}

/** Of a group that differs in one way, so many fixtures are named. */
const NAMED = 3;

/** What differs, the gravest first, by groups of fixtures; those that are merely late are counted. */
export function differences(results: readonly WireResult[]): readonly string[] {
  const lines = WIRE_DEVIATIONS.flatMap((deviation) => {
    const groups = grouped(
      results.filter(({ findings }) => gravest(findings)?.deviation === deviation),
      ({ fixture }) => groupOf(fixture),
    );
    return [...groups].flatMap(([group, members]) => {
      const name = deviation.padEnd(11);
      if (deviation === 'late') return [`${name} ${group} (${members.length})`];
      const more = members.length > NAMED ? [`${name} ${group}: ${members.length - NAMED} more`] : [];
      return [...members.slice(0, NAMED).map((member) => `${name} ${lineOf(member)}`), ...more];
    });
  });
  return lines.length === 0 ? [] : [...lines, ''];
}

function lineOf({ fixture, findings }: WireResult): string {
  const { id, rule } = fixture;
  return `${id} (RFC ${rule.rfc} §${rule.section}): ${gravest(findings)?.text}`;
}

/** A table by family, and why what was not run was not. */
export function summary(results: readonly WireResult[]): readonly string[] {
  const rows = Object.values(fixtures).flatMap(({ letter, title, fixtures: all }) => {
    const ids = new Set(all.map(({ id }: FixtureBase) => id));
    const own = results.filter(({ fixture }) => ids.has(fixture.id));
    return own.length === 0 ? [] : [row(`${letter} ${title}`, own)];
  });
  const pending = grouped(
    results.flatMap((result) => result.pending ?? []),
    (reason) => reason,
  );
  return [
    columns('', ['run', 'right', ...WIRE_DEVIATIONS, 'not run']),
    ...rows,
    row('all', results),
    ...(pending.size === 0 ? [] : ['', 'Not run:']),
    ...[...pending].map(([reason, { length }]) => `${String(length).padStart(5)}  ${reason}`),
  ];
}

function row(name: string, results: readonly WireResult[]): string {
  const ran = results.filter(({ pending }) => pending === undefined);
  const deviations = ran.map((result) => gravest(result.findings)?.deviation);
  const counts = WIRE_DEVIATIONS.map((deviation) => deviations.filter((each) => each === deviation).length);
  const right = ran.filter(({ findings }) => findings.length === 0).length;
  return columns(name, [ran.length, right, ...counts, results.length - ran.length].map(String));
}

const WIDTH = 11;

function columns(name: string, cells: readonly string[]): string {
  return (name.padEnd(27) + cells.map((cell) => cell.padStart(WIDTH)).join('')).trimEnd();
}

function grouped<Member>(list: readonly Member[], nameOf: (member: Member) => string): ReadonlyMap<string, Member[]> {
  const groups = new Map<string, Member[]>();
  for (const member of list) groups.set(nameOf(member), [...(groups.get(nameOf(member)) ?? []), member]);
  return groups;
}

/** The first two parts of an id. */
function groupOf({ id }: FixtureBase): string {
  return id.split('/').slice(0, 2).join('/');
}
