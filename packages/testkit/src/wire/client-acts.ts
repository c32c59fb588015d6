/** What is played to a client: for each fixture, which visits it needs, and what is done with them. */
import { fixtures } from '../families.js';
import type { ClientFixture, ClientRequestFixture, FixtureBase, FrameFixture, NegotiationFixture } from '../fixture.js';
import { negotiatedBy, playResponse, responseOf, type Response } from './client-response.js';
import { answerTo } from './deflate-fit.js';
import { judgeEchoes } from './echo-verdict.js';
import { openedOn } from './opened.js';
import { Play, type Waits } from './play.js';
import type { WireFinding } from './result.js';
import { asksForLimits, framesFor } from './selection.js';
import type { Visit } from './visitors.js';

/** What a visit is for. */
export interface Act {
  readonly fixture: FixtureBase;
  /** Why a visit is not what the fixture needs: then it is kept for another. */
  readonly unfit: (visit: Visit) => string | undefined;
  /** Played once, and not again byte by byte. */
  readonly once?: true;
  readonly play: (visit: Visit, byteByByte: boolean, waits: Waits) => Promise<readonly WireFinding[]>;
}

/** In the order of the families. */
export function acts(): readonly Act[] {
  const { negotiation, client } = fixtures;
  return [
    ...framesFor('client').map(frameAct),
    ...negotiation.fixtures.filter(({ role }) => role === 'client').map(negotiationAct),
    ...client.fixtures.map(clientAct),
  ];
}

function frameAct(fixture: FrameFixture): Act {
  const isCoded = fixture.extensions.length > 0;
  const answerFor = (visit: Visit) => answerTo(fixture, visit.valueOf('sec-websocket-extensions'));
  return {
    fixture,
    unfit: (visit) =>
      asksForLimits(fixture) ?? (isCoded && answerFor(visit) === undefined ? notOffered(visit) : undefined),
    async play(visit, byteByByte, waits) {
      const extension = answerFor(visit);
      visit.open(extension);
      const opened = openedOn(visit.link, 'client', extension);
      const seen = await new Play(opened, fixture, waits).run(byteByByte);
      await visit.leave(waits);
      return judgeEchoes(fixture, seen);
    },
  };
}

function notOffered(visit: Visit): string {
  const offer = visit.valueOf('sec-websocket-extensions');
  return offer === '' ? 'offers no permessage-deflate' : `offers ${offer}`;
}

function negotiationAct(fixture: NegotiationFixture): Act {
  const wanted = plainly(fixture.offer.join());
  return responseAct(fixture, negotiatedBy(fixture), (visit) => {
    const offer = plainly(visit.valueOf('sec-websocket-extensions'));
    return offer === wanted ? undefined : `does not offer ${wanted}`;
  });
}

/** Offers of extensions, whatever their blanks. */
function plainly(offers: string): string {
  const offer = (text: string): string =>
    text
      .split(';')
      .map((part) => part.trim())
      .join('; ');
  return offers.split(',').map(offer).join(', ');
}

/** They show where a client sets its limits, and not every client has some. */
const OF_LIMITS = ['head-too-long', 'too-many-headers', 'interim-thousand'].map((name) => `client/response/${name}`);

function clientAct(fixture: ClientFixture): Act {
  if (fixture.act === 'request') return requestAct(fixture);
  const wanted = fixture.subprotocols.join(', ');
  return responseAct(fixture, responseOf(fixture), (visit) => {
    const isSame = visit.valueOf('sec-websocket-protocol') === wanted;
    // To a client that offered it, an extension is nothing that was not asked for.
    const offers =
      fixture.response.includes('Sec-WebSocket-Extensions') && visit.valueOf('sec-websocket-extensions') !== '';
    if (OF_LIMITS.includes(fixture.id)) return 'asks for limits of heads';
    if (!isSame) return wanted === '' ? 'asks for subprotocols' : `does not ask for ${wanted}`;
    return offers ? 'offers extensions' : undefined;
  });
}

function responseAct(fixture: FixtureBase, response: Response, unfit: Act['unfit']): Act {
  return {
    fixture,
    unfit,
    async play(visit, byteByByte, waits) {
      const findings = await playResponse(visit, response, byteByByte, waits);
      await visit.leave(waits);
      return findings;
    },
  };
}

/** Nobody can be told from here what to ask for: of the requests, the first stands for those that come. */
function requestAct(fixture: ClientRequestFixture): Act {
  const [first] = fixtures.client.fixtures;
  return {
    fixture,
    unfit: () => (fixture === first ? undefined : 'asks for a call of its own'),
    once: true,
    async play(visit, _byteByByte, waits) {
      visit.open();
      await visit.leave(waits);
      return wrongIn(visit).map((text) => ({ deviation: 'answer', text }));
    },
  };
}

/** What breaks the rules for every request (RFC 6455 §4.1), whatever it asks for. */
function wrongIn(visit: Visit): readonly string[] {
  const { start, fields, bytesBehind } = visit.head;
  const hosts = fields.filter(([name]) => name === 'host').length;
  const rules: readonly (readonly [isRight: boolean, text: string])[] = [
    [/^GET \S+ HTTP\/1\.1$/.test(start), `began with ${start}, expected GET and HTTP/1.1`],
    [hosts === 1, `has ${hosts} lines of Host`],
    [visit.names('connection', 'upgrade'), `connection is ${visit.valueOf('connection') || 'absent'}`],
    [
      visit.valueOf('sec-websocket-version') === '13',
      `version is ${visit.valueOf('sec-websocket-version') || 'absent'}`,
    ],
    [bytesBehind === 0, `${bytesBehind} bytes stand behind the head`],
  ];
  return rules.flatMap(([isRight, text]) => (isRight ? [] : text));
}
