/** Plays frame fixtures (families A to E) to a server that echoes messages, over its own sockets. */
import type { FrameFixture } from '../fixture.js';
import { unfitFor } from './deflate-fit.js';
import { judgeEchoes } from './echo-verdict.js';
import { open } from './opening.js';
import { Play } from './play.js';
import { cutBy, found, pendingFor, type Verdict, type WireFinding } from './result.js';
import type { Subject } from './subject.js';

/** Plays a fixture whole, pausing behind the byte at which it must fail, and again one byte at a time. */
export async function playFrames(subject: Subject, fixture: FrameFixture): Promise<Verdict> {
  const findings: WireFinding[] = [];
  for (const byteByByte of [false, true]) {
    const opened = await open(subject, fixture.extensions);
    if (typeof opened === 'string') return found([{ deviation: 'crash', text: opened }]);
    try {
      const reason = unfitFor(fixture, opened.extensions);
      if (reason !== undefined) return pendingFor(reason);
      const play = new Play(opened, fixture, subject);
      findings.push(...cutBy(byteByByte, judgeEchoes(fixture, await play.run(byteByByte))));
    } finally {
      opened.link.destroy();
    }
  }
  return found(findings);
}
