/** What a row came to: the values of everyone measured, and the subject's ratios to each. */
import { estimate, pairRatios, type Estimate } from './statistics.js';

export interface Standing {
  readonly name: string;
  readonly label: string;
  readonly value: Estimate;
  /** Median share of a processor that the load took: near 1 the load, not the server, set the pace. */
  readonly loadShare?: number;
}

export interface RatioResult {
  readonly against: string;
  readonly label: string;
  readonly ratio: Estimate;
  readonly atMost?: number;
  readonly aim?: number;
}

export interface RowResult {
  readonly id: string;
  readonly section: 'server' | 'decode' | 'encode';
  readonly title: string;
  readonly unit: string;
  readonly subject: string;
  /** Day of the measurement, ISO 8601. */
  readonly date: string;
  /** Of the code that was measured: the short hash, with "+" where files had changed; none where git is not there. */
  readonly commit?: string;
  readonly standings: readonly Standing[];
  readonly ratios: readonly RatioResult[];
  /** Who was asked for but could not be measured, and why. */
  readonly missing: readonly { readonly label: string; readonly reason: string }[];
}

export interface RowHead {
  readonly id: string;
  readonly section: RowResult['section'];
  readonly title: string;
  readonly unit: string;
  readonly subject: string;
  readonly bars: readonly { readonly against: string; readonly atMost: number; readonly aim: number }[];
}

/** Values of one contestant, one per round; undefined where the round failed. */
export interface Series {
  readonly name: string;
  readonly label: string;
  readonly values: readonly (number | undefined)[];
  readonly loadShare?: number;
  readonly failure?: string;
}

function present(values: readonly (number | undefined)[]): number[] {
  return values.filter((value) => value !== undefined);
}

export function summarize(head: RowHead, series: readonly Series[], date: string): RowResult {
  const measured = series.filter(({ values }) => present(values).length > 0);
  const subject = measured.find(({ name }) => name === head.subject);
  const ratios = measured.flatMap((peer): RatioResult[] => {
    if (subject === undefined || peer === subject) return [];
    const bar = head.bars.find(({ against }) => against === peer.name);
    const ratio = estimate(pairRatios(subject.values, peer.values));
    const limits = bar === undefined ? {} : { atMost: bar.atMost, aim: bar.aim };
    return [{ against: peer.name, label: peer.label, ratio, ...limits }];
  });
  const { id, section, title, unit } = head;
  return {
    ...{ id, section, title, unit, date, subject: head.subject, ratios },
    standings: measured.map(({ name, label, values, loadShare }) => {
      const value = estimate(present(values));
      return loadShare === undefined ? { name, label, value } : { name, label, value, loadShare };
    }),
    missing: series.flatMap(({ label, failure }) => (failure === undefined ? [] : [{ label, reason: failure }])),
  };
}
