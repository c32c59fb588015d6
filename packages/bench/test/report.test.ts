import { summarize, type RowResult } from '../src/results.js';
import { drawChart } from '../src/report/chart.js';
import { END_MARKER, generatedPart, replaceGenerated, START_MARKER } from '../src/report/document.js';
import { figure } from '../src/report/format.js';
import { droppedRows, mergeReport, subjectFailed, type Report, type Sitting } from '../src/report/store.js';
import { terminalRow } from '../src/report/terminal.js';

function row(id: string, sokker: number, bar = { against: 'ws', atMost: 0.5, aim: 0.25 }): RowResult {
  const head = {
    id,
    section: 'server',
    title: `${id} <b> & so on`,
    unit: 'µs',
    subject: 'sokker',
    bars: [bar],
  } as const;
  const series = [
    { name: 'ws', label: '`ws`', values: [10, 10, 10] },
    { name: 'sokker', label: 'Sokker', values: [sokker, sokker, sokker] },
    { name: 'bun', label: 'Bun', values: [], failure: 'not installed' },
  ];
  return summarize(head, series, '2026-01-01');
}

function sitting(rows: RowResult[], processor = 'a processor'): Sitting {
  const machine = { processor, processors: 2, memoryGiB: 8, system: 'Linux 6', placement: 'pinned' };
  return { machine, versions: { ws: '8' }, rows };
}

function report(rows: RowResult[], processor?: string): Report {
  return [{ section: 'server', ...sitting(rows, processor) }];
}

test.each([
  [0.0456, '0.046'],
  [0.456, '0.46'],
  [4.56, '4.56'],
  [45.6, '45.6'],
  [4567.8, '4 568'],
  [0, '0.00'],
  [NaN, '–'],
])('figure %d → %s', (value, text) => {
  expect(figure(value)).toBe(text);
});

/** As `row`, but each round has a ratio of its own. */
function spread(ratios: readonly number[], bar = { against: 'ws', atMost: 0.5, aim: 0.25 }): RowResult {
  const head = { id: 'a', section: 'server', title: 'a', unit: 'µs', subject: 'sokker', bars: [bar] } as const;
  const peer = { name: 'ws', label: '`ws`', values: ratios.map(() => 10) };
  const subject = { name: 'sokker', label: 'Sokker', values: ratios.map((ratio) => ratio * 10) };
  return summarize(head, [peer, subject], '2026-01-01');
}

/** A row whose subject failed in the given round of three. */
function failing(id: string, round: number): RowResult {
  const head = { id, section: 'server', title: id, unit: 'µs', subject: 'sokker', bars: [] } as const;
  const values = [4, 4, 4].map((value, i) => (i < round ? value : undefined));
  const series = [
    { name: 'ws', label: '`ws`', values: [10, 10, 10] },
    { name: 'sokker', label: 'Sokker', values, failure: 'ended at once' },
  ];
  return summarize(head, series, '2026-01-01');
}

test('a row on the terminal has values, ratio, bar and who is missing', () => {
  const text = terminalRow(row('echo', 4));
  expect(text).toMatch(/ws +10\.0 µs +Sokker is 0\.40 of it .*at most 0\.5, aim 0\.25: within the bar/);
  expect(text).toMatch(/Bun: not measured: not installed/);
});

describe('the page', () => {
  test('shows each ratio with its bar, and says whether it is reached', () => {
    const text = generatedPart(report([row('a', 2), row('b', 4), row('c', 6)]), []);
    expect(text).toMatch(/10\.0 µs<br>★ \*\*0\.20\*\* \(0\.5 \/ 0\.25\)<br>0\.20–0\.20/);
    expect(text).toMatch(/✓ \*\*0\.40\*\*/);
    expect(text).toMatch(/✗ \*\*0\.60\*\*/);
    expect(text).toMatch(/Not measured: Bun: not installed\./);
  });

  test.each([
    [[0.2, 0.24, 0.25], '★ **0.24**'],
    [[0.2, 0.24, 0.26], '★≈ **0.24**'],
    [[0.2, 0.4, 0.5], '✓ **0.40**'],
    [[0.2, 0.4, 0.6], '✓≈ **0.40**'],
    [[0.6, 0.7, 0.8], '✗ **0.70**'],
    [[0.5, 0.7, 0.8], '✗≈ **0.70**'],
  ])('%j: says whether the interval leaves the verdict in doubt', (ratios, sign) => {
    const result = spread(ratios);
    expect(generatedPart(report([result]), [])).toContain(`<br>${sign} (0.5 / 0.25)<br>`);
    expect(terminalRow(result).includes('undecided')).toBe(sign.includes('≈'));
  });

  test('says of each row its rounds, its day, and its commit where that is known', () => {
    const text = generatedPart(report([row('a', 2), { ...row('b', 2), commit: 'abc1234+' }]), []);
    expect(text).toMatch(/\| a <b> & so on<br>3 rounds, 2026-01-01 \|/);
    expect(text).toMatch(/\| b <b> & so on<br>3 rounds, 2026-01-01, abc1234\+ \|/);
  });

  test('says where a peer that failed on the way has fewer rounds', () => {
    const head = { id: 'a', section: 'server', title: 'a', unit: 'µs', subject: 'sokker', bars: [] } as const;
    const series = [
      { name: 'sokker', label: 'Sokker', values: [4, 4, 4] },
      { name: 'bun', label: 'Bun', values: [8, 8, undefined], failure: 'ended' },
    ];
    const text = generatedPart(report([summarize(head, series, '2026-01-01')]), []);
    expect(text).toMatch(/\*\*0\.50\*\*<br>0\.50–0\.50, 2 rounds \|/);
  });

  test('names the rows that it lacks in their section, also where that has none', () => {
    const wanted = [
      { id: 'a', section: 'server', title: 'the first' },
      { id: 'b', section: 'server', title: 'the second' },
      { id: 'c', section: 'encode', title: 'the third' },
    ] as const;
    const text = generatedPart(report([row('a', 2)]), wanted);
    expect(text).toMatch(/## Servers[^#]+Not measured on this machine: the second\.\n/);
    expect(text).toMatch(/## Encoding[^#]+Not measured on this machine: the third\.$/);
    expect(text).not.toMatch(/the first|## Decoding/);
  });

  test('marks who was measured with a load that had no time left', () => {
    const bars = [] as const;
    const head = { id: 'x', section: 'server', title: 'x', unit: 'µs', subject: 'sokker', bars } as const;
    const series = [
      { name: 'net', label: 'net', values: [10], loadShare: 0.95 },
      { name: 'sokker', label: 'Sokker', values: [20], loadShare: 0.94 },
    ];
    const text = generatedPart(report([summarize(head, series, '2026-01-01')]), []);
    expect(text).toMatch(/\| 20\.0 µs \| 10\.0 µs †<br>/);
    expect(text).toMatch(/† The load was busy/);
    expect(generatedPart(report([row('a', 2)]), [])).not.toContain('†');
  });

  test('keeps what stands around the generated part', () => {
    const page = `# Mine\n\nbefore\n\n${START_MARKER}\nold\n${END_MARKER}\n\nafter\n`;
    const once = replaceGenerated(page, 'new');
    expect(once).toBe(`# Mine\n\nbefore\n\n${START_MARKER}\n\nnew\n\n${END_MARKER}\n\nafter\n`);
    expect(replaceGenerated(once, 'new')).toBe(once);
  });

  test('is made where there is none, and refused where it lost its markers', () => {
    expect(replaceGenerated(undefined, 'new')).toMatch(/^# Performance\n\n<!-- bench:start/);
    expect(() => replaceGenerated('# Mine\n', 'new')).toThrow(/markers/);
  });
});

describe('measuring some rows anew', () => {
  const order = ['a', 'b', 'c'];

  test('keeps the others, in their order', () => {
    const [merged] = mergeReport(report([row('a', 1), row('c', 1)]), sitting([row('b', 2), row('c', 2)]), order);
    expect(merged?.rows.map(({ id }) => id)).toEqual(order);
    expect(merged?.rows[2]?.standings[1]?.value.median).toBe(2);
  });

  test('drops rows of another machine, and rows that no longer exist', () => {
    for (const old of [report([row('a', 1)], 'another'), report([row('gone', 1)])]) {
      const merged = mergeReport(old, sitting([row('b', 2)]), order);
      expect(merged[0]?.rows.map(({ id }) => id)).toEqual(['b']);
      expect(droppedRows(old, merged)).toEqual(old[0]?.rows.map(({ id }) => id));
    }
  });

  test('names no row as dropped that was only measured anew', () => {
    const old = report([row('a', 1), row('b', 1)]);
    expect(droppedRows(old, mergeReport(old, sitting([row('a', 2)]), order))).toEqual([]);
  });

  test.each([0, 2])('keeps the old row where the subject failed in round %i', (round) => {
    const failed = failing('a', round);
    expect(subjectFailed(failed)).toBe(true);
    expect(mergeReport(report([row('a', 4)]), sitting([failed]), order)[0]?.rows).toEqual([row('a', 4)]);
    expect(mergeReport([], sitting([failed]), order)).toEqual([]);
  });

  test('takes a row whose peer failed', () => {
    expect(subjectFailed(row('a', 4))).toBe(false);
  });

  test('leaves other sections as they are, whatever machine they are of, and each says which that is', () => {
    const decoded = { ...row('a', 1), section: 'decode' } as const;
    const old: Report = [{ section: 'decode', ...sitting([decoded], 'another') }];
    const merged = mergeReport(old, sitting([row('b', 2)]), order);
    expect(merged.map(({ section, machine }) => [section, machine.processor])).toEqual([
      ['server', 'a processor'],
      ['decode', 'another'],
    ]);
    expect(generatedPart(merged, [])).toMatch(/## Servers[^#]+on a processor[^#]+## Decoding[^#]+on another/);
  });
});

test('the chart is well-formed, escapes titles, and draws smaller ratios further left', () => {
  const widths = [2, 4].map((sokker) => {
    const svg = drawChart([row('a', sokker)]);
    expect(svg).toContain('a &lt;b&gt; &amp; so on');
    expect(svg.match(/<(text|svg|style)\b/g)?.length).toBe(svg.match(/<\/(text|svg|style)>/g)?.length);
    return Number(
      /<rect x="[\d.]+" y="[\d.]+" width="([\d.]+)" height="10" rx="2" fill="#(?:1a7f5a|4a8fc7)"\/>\n<line/.exec(
        svg,
      )?.[1],
    );
  });
  expect(widths[0]).toBeGreaterThan(widths[1] ?? NaN);
});
