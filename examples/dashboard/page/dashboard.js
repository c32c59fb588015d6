// Shows each snapshot as it comes, and the five minutes before it.
import { LastingSocket } from './lasting-socket.js';
import { drawBars, drawCurves, element } from './drawing.js';
import { bytes, clock, closeCode, duration, short } from './words.js';

const SLOTS = 300;
const STATES = { connecting: 'Connecting', open: 'Live', waiting: 'Not connected' };

const $ = (id) => document.getElementById(id);
let points = [];

const { protocol, host } = location;
const socket = new LastingSocket(`${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/live`);
socket.addEventListener('state', () => {
  $('link').dataset.state = socket.state;
  $('link').textContent = STATES[socket.state];
});
socket.addEventListener('text', ({ data }) => {
  const said = JSON.parse(data);
  if (said.type === 'history') points = said.points;
  else show(said.snapshot);
});

function show(snapshot) {
  points = [...points, snapshot].slice(-SLOTS);
  showTiles(snapshot);
  showCurves();
  showLatency(snapshot.latency);
  showCloses(snapshot);
  showSlow(snapshot);
  showEvents(snapshot.events);
}

function showTiles({ connections, handshakes, retainedBytes, rates }) {
  $('connections').textContent = short(connections);
  $('connections-beside').textContent =
    `${short(rates.opened)} opened, ${short(rates.closed)} ended per second; ${short(handshakes)} shaking hands`;
  $('messages').textContent = short(rates.messagesIn + rates.messagesOut);
  $('messages-beside').replaceChildren(
    element('span', 'in', `${short(rates.messagesIn)} in`),
    ' · ',
    element('span', 'out', `${short(rates.messagesOut)} out`),
    ...(rates.dropped > 0 ? [' · ', element('span', 'bad', `${short(rates.dropped)} dropped`)] : []),
  );
  $('bytes').textContent = bytes(rates.bytesIn + rates.bytesOut);
  $('bytes-beside').replaceChildren(
    element('span', 'in', `${bytes(rates.bytesIn)} in`),
    ' · ',
    element('span', 'out', `${bytes(rates.bytesOut)} out`),
  );
  $('memory').textContent = bytes(retainedBytes);
  $('memory-beside').textContent = `${bytes(connections > 0 ? retainedBytes / connections : 0)} per connection`;
}

function showCurves() {
  const line = (className, of) => ({ className, values: points.map(of) });
  drawCurves($('connections-curve'), [line('in', (point) => point.connections)], SLOTS);
  const messagesOut = line('out', ({ rates }) => rates.messagesOut);
  drawCurves($('messages-curve'), [messagesOut, line('in', ({ rates }) => rates.messagesIn)], SLOTS);
  const bytesOut = line('out', ({ rates }) => rates.bytesOut);
  drawCurves($('bytes-curve'), [bytesOut, line('in', ({ rates }) => rates.bytesIn)], SLOTS);
  drawCurves($('memory-curve'), [line('in', (point) => point.retainedBytes)], SLOTS);
}

function showLatency({ buckets, count }) {
  $('latency-beside').textContent =
    count === 0
      ? 'no Ping was answered in the last minute'
      : `${short(count)} Pings in the last minute; median ${quantile(buckets, count, 0.5)}, 99th percentile ${quantile(buckets, count, 0.99)}`;
  const rows = buckets.map((bucket) => ({
    label: limit(bucket.le),
    note: bucket.count === 0 ? '' : short(bucket.count),
    value: bucket.count,
  }));
  drawBars($('latency'), rows);
}

/** The bucket that holds it: no closer than its bound. */
function quantile(buckets, count, share) {
  let seen = 0;
  const { le } = buckets.find((bucket) => (seen += bucket.count) >= count * share);
  if (le === null) return '> 10 s';
  return le < 1000 ? `≤ ${le} ms` : `≤ ${le / 1000} s`;
}

/** In milliseconds, up to a second. */
function limit(le) {
  if (le === null) return 'more';
  return le < 1000 ? String(le) : `${le / 1000} s`;
}

const isUsual = (code) => ['1000', '1001', '1005'].includes(code) || Number(code) >= 3000;

function showCloses({ closes, refusals }) {
  const refused = Object.values(refusals).reduce((sum, count) => sum + count, 0);
  const rows = Object.entries(closes).map(([code, count]) => ({
    label: `${code} ${closeCode(Number(code))}`,
    note: short(count),
    value: count,
    className: isUsual(code) ? '' : 'unusual',
  }));
  if (refused > 0)
    rows.push({ label: 'refused at the door', note: short(refused), value: refused, className: 'unusual' });
  if (rows.length === 0) rows.push({ label: 'none has ended', value: 0 });
  drawBars($('closes'), rows);
}

function showSlow({ slow, at }) {
  $('slow-none').hidden = slow.length > 0;
  $('slow').closest('table').hidden = slow.length === 0;
  const cells = slow.map(({ name, bufferedBytes, droppedMessages, since }) => [
    name,
    bytes(bufferedBytes),
    short(droppedMessages),
    duration(at - since),
  ]);
  $('slow').replaceChildren(
    ...cells.map((row) => {
      const line = element('tr', '', '');
      line.append(...row.map((text) => element('td', '', text)));
      return line;
    }),
  );
}

function showEvents(events) {
  $('events-none').hidden = events.length > 0;
  $('events').hidden = events.length === 0;
  $('events').replaceChildren(
    ...events.map(({ at, kind, text }) => {
      const line = element('li', '', '');
      line.append(element('time', '', clock(at)), element('span', `kind ${kind}`, kind), element('span', 'text', text));
      return line;
    }),
  );
}
