// The page's side of the chat: what we say waits until the server has said it back, over as many connections as it takes.
import { LastingSocket } from './lasting-socket.js';
import { fitText, inputs, settleMessage, showMessage, showPeople, showProblem, showState } from './view.js';

const { form, name, text, send, retry } = inputs;

/** Ours until this tab is closed; the server shows others something that is made from it. */
const key = remembered('sessionStorage', 'sokker-chat-key', () => randomToken(24));
name.value = remembered('localStorage', 'sokker-chat-name', () => `Guest ${100 + Math.floor(Math.random() * 900)}`);

/** Who the server says we are; known from the first welcome on. */
let you = '';
/** What we said and have not heard back, by id. */
const unheard = new Map();
/** Ids of what is shown, so that a history shows only what is new. */
const shown = new Set();

const socket = new LastingSocket(new URL('/chat', location.href.replace(/^http/, 'ws')).href);

const hear = {
  welcome({ you: id, people, history }) {
    you = id;
    showPeople(people, you);
    history.forEach(hear.said);
    // Some of these may have arrived before the connection was lost: the server knows them by their ids.
    for (const said of unheard.values()) sendSaid(said);
  },
  people: ({ people }) => showPeople(people, you),
  said(said) {
    if (shown.has(said.id)) return;
    shown.add(said.id);
    const own = said.from.id === you;
    const id = said.id.slice(said.from.id.length + 1);
    if (own && unheard.delete(id) && settleMessage({ id, at: said.at })) return;
    showMessage(said, { own, pending: false });
  },
  refused: ({ reason }) => showProblem(reason),
};

socket.addEventListener('open', join);
socket.addEventListener('text', ({ data }) => {
  const event = JSON.parse(data);
  hear[event.type]?.(event);
});
socket.addEventListener('state', showSocket);
setInterval(showSocket, 1000);
showSocket();

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const said = { id: randomToken(12), text: text.value.trim() };
  if (said.text === '' || !form.reportValidity()) return;
  text.value = '';
  textChanged();
  unheard.set(said.id, said);
  const from = { id: you, name: name.value };
  showMessage({ ...said, from, at: Date.now() }, { own: true, pending: true });
  sendSaid(said);
  text.focus();
});

name.addEventListener('change', () => {
  name.value = name.value.trim();
  if (!name.reportValidity()) return;
  remember('localStorage', 'sokker-chat-name', name.value);
  join();
});
name.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter') return;
  event.preventDefault();
  text.focus();
});

text.addEventListener('input', textChanged);
text.addEventListener('keydown', (event) => {
  // While an input method composes a character, Enter belongs to it.
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

retry.addEventListener('click', () => socket.retry());
// On a phone that would open the keyboard over half of the page.
if (matchMedia('(pointer: fine)').matches) text.focus();

function join() {
  showProblem('');
  socket.send(JSON.stringify({ type: 'join', name: name.value, key }));
}

function sendSaid({ id, text }) {
  socket.send(JSON.stringify({ type: 'say', id, text }));
}

function showSocket() {
  showState(socket.state, Math.max(0, Math.ceil((socket.waitsUntil - Date.now()) / 1000)));
}

function textChanged() {
  send.disabled = text.value.trim() === '';
  fitText();
}

/** `crypto.randomUUID` would do, but pages that come over plain HTTP from another machine do not have it. */
function randomToken(bytes) {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function remembered(storage, item, make) {
  try {
    const value = window[storage].getItem(item);
    if (value) return value;
  } catch {
    return make(); // storage may be forbidden
  }
  const value = make();
  remember(storage, item, value);
  return value;
}

function remember(storage, item, value) {
  try {
    window[storage].setItem(item, value);
  } catch {
    // Forbidden or full: then it lasts as long as the page.
  }
}
