// What is seen. Everything that people typed goes in as text, never as markup.

const $ = (id) => document.getElementById(id);
/** This close to the end, what is new scrolls into view. */
const NEAR_END_PX = 80;
/** What one person says within this time stands together. */
const TOGETHER_MS = 5 * 60_000;
/** Messages that stay on the page. */
const MOST_SHOWN = 500;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

export const inputs = { form: $('composer'), name: $('name'), text: $('text'), send: $('send'), retry: $('retry') };

export function showState(state, secondsLeft) {
  $('link').dataset.state = state;
  const text = { open: 'Connected', connecting: 'Connecting', waiting: 'Offline' }[state];
  // Said once, not with every second that passes.
  if ($('state').textContent !== text) $('state').textContent = text;
  inputs.retry.hidden = state !== 'waiting';
  inputs.retry.textContent = secondsLeft > 0 ? `Try now (${secondsLeft} s)` : 'Try now';
}

export function showPeople(people, you) {
  const sorted = [...people].sort((a, b) => (b.id === you) - (a.id === you) || a.name.localeCompare(b.name));
  $('count').textContent = String(people.length);
  $('people').replaceChildren(
    ...sorted.map(({ id, name }) => {
      const row = element('li', '', element('bdi', 'who', name));
      row.prepend(avatar(id, name));
      if (id === you) row.append(element('span', 'you', 'you'));
      return row;
    }),
  );
}

/** Shows a message. What waits to be sent stays at the end, where the server will put it. */
export function showMessage(said, { own, pending }) {
  const list = $('messages');
  const scroll = $('scroll');
  const wasNearEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_END_PX;
  const row = messageRow(said, { own, pending });
  list.insertBefore(row, pending ? null : list.querySelector('.pending'));
  if (list.children.length > MOST_SHOWN) list.firstElementChild.remove();
  groupAround(row);
  $('empty').hidden = true;
  if (wasNearEnd || pending) scrollToEnd();
  else if (!own) $('newer').hidden = false;
}

/** A message that waited was sent. Its row stays the same one: screen readers have read it. False: it is not here. */
export function settleMessage({ id, at }) {
  const row = [...$('messages').querySelectorAll('.pending')].find((pending) => pending.dataset.id === id);
  if (row === undefined) return false;
  row.classList.remove('pending');
  row.querySelector('.note').remove();
  setTime(row, at);
  groupAround(row);
  return true;
}

export function showProblem(text) {
  $('problem').textContent = text;
}

/** Fits the field to what stands in it; the style sheet says how far. */
export function fitText() {
  inputs.text.style.height = '';
  const border = inputs.text.offsetHeight - inputs.text.clientHeight;
  inputs.text.style.height = `${inputs.text.scrollHeight + border}px`;
}

function scrollToEnd() {
  $('scroll').scrollTop = $('scroll').scrollHeight;
  $('newer').hidden = true;
}

$('newer').addEventListener('click', scrollToEnd);
$('scroll').addEventListener('scroll', () => {
  const { scrollHeight, scrollTop, clientHeight } = $('scroll');
  if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) $('newer').hidden = true;
});
// A keyboard that opens on a phone must not hide what was said last.
new ResizeObserver(() => $('newer').hidden && scrollToEnd()).observe($('scroll'));

function messageRow({ id, from, text, at }, { own, pending }) {
  const head = element('p', 'head', element('b', '', element('bdi', '', from.name)), ' ', element('time', ''));
  const row = element('li', 'message', head, avatar(from.id, from.name), element('div', 'bubble', text));
  row.classList.toggle('own', own);
  row.classList.toggle('pending', pending);
  if (pending) row.append(element('p', 'note', 'Waiting to be sent'));
  // One's own id may be known only after the first message.
  Object.assign(row.dataset, { id, from: own ? 'own' : `${from.id} ${from.name}` });
  setTime(row, at);
  return row;
}

function setTime(row, at) {
  const time = row.querySelector('time');
  time.textContent = clock.format(at);
  time.dateTime = new Date(at).toISOString();
  row.dataset.at = at;
}

/** Which messages begin and end a group depends on their neighbours. */
function groupAround(row) {
  for (const item of [row.previousElementSibling, row, row.nextElementSibling]) {
    if (!item) continue;
    item.classList.toggle('first', !together(item.previousElementSibling, item));
    item.classList.toggle('last', !together(item, item.nextElementSibling));
  }
}

function together(before, after) {
  return (
    before && after && before.dataset.from === after.dataset.from && after.dataset.at - before.dataset.at < TOGETHER_MS
  );
}

function avatar(id, name) {
  const circle = element('span', 'avatar', [...name][0].toUpperCase());
  circle.ariaHidden = 'true';
  let hash = 0;
  for (const character of id) hash = (hash * 31 + character.codePointAt(0)) % 360;
  circle.style.setProperty('--hue', String(hash));
  return circle;
}

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
}
