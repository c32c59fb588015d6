/** docs/performance.svg: Sokker's ratio to each peer as a bar on a log scale, from 1 (equal) to the left (cheaper). */
import type { RatioResult, RowResult } from '../results.js';
import { figure, verdict, type Verdict } from './format.js';

interface Bar {
  readonly title: string;
  readonly result: RatioResult;
}

const WIDTH = 1000;
const PLOT = { left: 400, right: 930 } as const;
const ROW_HEIGHT = 20;
const BAR_HEIGHT = 10;
const HEAD_HEIGHT = 92;
const FOOT_HEIGHT = 28;
const GROUP_GAP = 10;
const COLOURS = { aim: '#1a7f5a', bar: '#4a8fc7', missed: '#c8553d', none: '#9aa3ad' } as const satisfies Record<
  Verdict,
  string
>;
const LEGEND = [
  ['aim', 'aim reached'],
  ['bar', 'within the bar'],
  ['missed', 'over the bar'],
] as const;
const TICKS = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] as const;
const SMALLEST = 0.02;
const LARGEST = 5;

function escape(text: string): string {
  return text.replaceAll('`', '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Only what has a bar of its own, and of the in-process rows the worst of each family: a picture, not the table. */
function chosen(rows: readonly RowResult[]): Bar[][] {
  const groups = new Map<string, Bar[]>();
  for (const row of rows) {
    for (const result of row.ratios) {
      const barred = result.atMost !== undefined;
      if (!barred) continue;
      const family = row.section === 'server' ? row.id : row.id.split('-').slice(0, 2).join('-');
      const title = row.section === 'server' ? row.title : `${row.title} (worst)`;
      const group = groups.get(family) ?? [];
      const worst = group[0];
      groups.set(family, group);
      if (row.section === 'server' || worst === undefined) group.push({ title, result });
      else if (result.ratio.median > worst.result.ratio.median) group[0] = { title, result };
    }
  }
  return [...groups.values()];
}

function x(ratio: number): number {
  const clamped = Math.min(LARGEST, Math.max(SMALLEST, ratio));
  const share = Math.log(clamped / SMALLEST) / Math.log(LARGEST / SMALLEST);
  return Math.round((PLOT.left + share * (PLOT.right - PLOT.left)) * 10) / 10;
}

/** The bar is a solid stroke, the aim a dashed one. */
function mark(place: number, y: number, kind: 'bar' | 'aim'): string {
  const dash = kind === 'aim' ? ' stroke-dasharray="2 2"' : '';
  return `<line x1="${place}" x2="${place}" y1="${y - 8}" y2="${y + 8}" stroke="#1f2933" stroke-width="2"${dash}/>`;
}

function drawBar({ title, result }: Bar, y: number, first: boolean): string {
  const { ratio, atMost, aim, label } = result;
  const end = x(ratio.median);
  const left = Math.min(end, x(1));
  const width = Math.max(1, Math.abs(x(1) - end));
  const parts = [
    first ? `<text x="16" y="${y + 4}">${escape(title)}</text>` : '',
    `<text x="${PLOT.left - 10}" y="${y + 4}" text-anchor="end" class="dim">${escape(label)}</text>`,
    `<rect x="${left}" y="${y - BAR_HEIGHT / 2}" width="${width}" height="${BAR_HEIGHT}" rx="2" fill="${COLOURS[verdict(result)]}"/>`,
    `<line x1="${x(ratio.low)}" x2="${x(ratio.high)}" y1="${y}" y2="${y}" stroke="#1f2933" stroke-width="1"/>`,
    atMost === undefined ? '' : mark(x(atMost), y, 'bar'),
    aim === undefined ? '' : mark(x(aim), y, 'aim'),
    `<text x="${PLOT.right + 14}" y="${y + 4}" class="value">${figure(ratio.median)}</text>`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function drawScale(bottom: number): string {
  return TICKS.map((tick) => {
    const place = x(tick);
    const strong = tick === 1;
    return (
      `<line x1="${place}" x2="${place}" y1="${HEAD_HEIGHT - 14}" y2="${bottom}" stroke="${strong ? '#52606d' : '#e4e7eb'}"/>` +
      `<text x="${place}" y="${HEAD_HEIGHT - 20}" text-anchor="middle" class="dim">${strong ? '1 (equal)' : tick}</text>`
    );
  }).join('\n');
}

function drawLegend(): string {
  const colours = LEGEND.map(([kind, word], i) => {
    const left = 16 + i * 120;
    return `<rect x="${left}" y="42" width="12" height="10" rx="2" fill="${COLOURS[kind]}"/><text x="${left + 18}" y="51" class="dim">${word}</text>`;
  });
  const marks = (['bar', 'aim'] as const).map((kind, i) => {
    const left = 390 + i * 50;
    return `${mark(left, 47, kind)}<text x="${left + 8}" y="51" class="dim">${kind}</text>`;
  });
  return [...colours, ...marks].join('\n');
}

export function drawChart(rows: readonly RowResult[]): string {
  const groups = chosen(rows);
  let y = HEAD_HEIGHT;
  const bars: string[] = [];
  for (const group of groups) {
    for (const [i, bar] of group.entries()) {
      bars.push(drawBar(bar, y, i === 0));
      y += ROW_HEIGHT;
    }
    y += GROUP_GAP;
  }
  const height = y + FOOT_HEIGHT;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Cost of Sokker relative to its peers">
<style>text { font: 12px system-ui, sans-serif; fill: #1f2933 } .dim { fill: #616e7c } .value { font-weight: 600 } .title { font-size: 16px; font-weight: 600 }</style>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="16" y="26" class="title">What Sokker costs relative to each peer (smaller is better, log scale)</text>
${drawLegend()}
${drawScale(y - GROUP_GAP)}
${bars.join('\n')}
</svg>
`;
}
