/** Plays faults one after the other, each within its time. */
import { Stage, type Actors, type Fault, type StageSettings } from './stage.js';
import type { Row } from './verdict.js';

const TIME_LIMIT_SECONDS = [300, 90] as const;

export class Show {
  readonly #settings: StageSettings;
  #stage: Stage<Actors> | undefined;

  constructor(settings: StageSettings) {
    this.#settings = settings;
  }

  async play(faults: readonly Fault[]): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for (const fault of faults) rows.push(...(await this.#playOne(fault)));
    return rows;
  }

  /** Tells all child processes to end. */
  dismiss(): void {
    this.#stage?.dismiss();
  }

  async #playOne(fault: Fault): Promise<readonly Row[]> {
    const startedAt = performance.now();
    const stage = new Stage<Actors>(fault.id, this.#settings);
    this.#stage = stage;
    stage.note(fault.title);
    const [full, short] = fault.timeLimitSeconds ?? TIME_LIMIT_SECONDS;
    const limit = this.#settings.short ? short : full;
    const curfew = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`not over after ${limit} s`)), limit * 1000).unref();
    });
    try {
      await Promise.race([fault.run(stage), curfew]);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      stage.expect({ asserted: `broke off: ${why}`, figure: 1, equals: 0 });
    }
    await stage.end();
    stage.note(`took ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    return stage.rows;
  }
}
