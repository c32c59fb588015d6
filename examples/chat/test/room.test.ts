import type { ChatEvent } from '../protocol.js';
import { Room } from '../room.js';

const KEYS = { ada: 'key-of-ada-0123456789', bob: 'key-of-bob-0123456789' };

function makeRoom(historyLength?: number) {
  const heard = new Map<string, ChatEvent[]>();
  const room = new Room<string>({
    now: () => 1000,
    deliver(event, seats) {
      for (const seat of seats) heard.set(seat, [...(heard.get(seat) ?? []), structuredClone(event)]);
    },
    ...(historyLength !== undefined && { historyLength }),
  });
  return {
    room,
    join: (seat: string, name: string, key = KEYS.ada) => room.handle({ type: 'join', name, key }, seat),
    say: (seat: string, id: string, text = id) => room.handle({ type: 'say', id, text }, seat),
    /** What a seat has heard since it was last asked. */
    heard: (seat: string): ChatEvent[] => {
      const events = heard.get(seat) ?? [];
      heard.delete(seat);
      return events;
    },
  };
}

const names = (event: ChatEvent | undefined) =>
  event && 'people' in event ? event.people.map(({ name }) => name) : [];

function welcomeIn([event]: readonly ChatEvent[]): Extract<ChatEvent, { type: 'welcome' }> {
  if (event?.type !== 'welcome') throw new Error('no welcome');
  return event;
}

test('who joins is welcomed, and the others see who is here', () => {
  const { join, heard, room } = makeRoom();
  join('a', 'Ada');
  const [welcome] = heard('a');
  expect(welcome).toMatchObject({ type: 'welcome', history: [] });
  join('b', 'Bob', KEYS.bob);
  expect(heard('b')).toMatchObject([{ type: 'welcome', people: [{ name: 'Ada' }, { name: 'Bob' }] }]);
  expect(heard('a').map(names)).toEqual([['Ada', 'Bob']]);
  room.leave('a');
  expect(heard('b').map(names)).toEqual([['Bob']]);
  expect(heard('a')).toEqual([]);
});

test('what is said reaches everyone, the speaker too, and those who come later', () => {
  const { join, say, heard } = makeRoom();
  join('a', 'Ada');
  say('a', '1', 'Hello');
  const said = heard('a').at(-1)!;
  expect(said).toMatchObject({ type: 'said', from: { name: 'Ada' }, text: 'Hello', at: 1000 });
  join('b', 'Bob', KEYS.bob);
  expect(heard('b')[0]).toMatchObject({ history: [{ text: 'Hello' }] });
});

test('the same id twice is said once, and the speaker hears that it was', () => {
  const { join, say, heard } = makeRoom();
  join('a', 'Ada');
  join('b', 'Bob', KEYS.bob);
  say('a', '1');
  const [, , first] = heard('a');
  heard('b');
  say('a', '1');
  expect(heard('a')).toEqual([first]);
  expect(heard('b')).toEqual([]);
  say('b', '1', 'an id of another person is another id');
  expect(heard('a')).toHaveLength(1);
});

test('a person is who has the key: the same after coming back, once with two pages, and unknown to others', () => {
  const { join, heard, room } = makeRoom();
  join('a1', 'Ada');
  const { you } = welcomeIn(heard('a1'));
  join('a2', 'Ada');
  expect(heard('a2')[0]).toMatchObject({ you, people: [{ id: you, name: 'Ada' }] });
  room.leave('a1');
  room.leave('a2');
  join('a3', 'Ada');
  expect(heard('a3')[0]).toMatchObject({ you });
  expect(you).not.toContain(KEYS.ada);
});

test('a new name is a new name on all pages of a person; what was said keeps the old one', () => {
  const { join, say, heard } = makeRoom();
  join('a1', 'Ada');
  join('a2', 'Ada');
  say('a1', '1');
  heard('a1');
  heard('a2');
  join('a1', 'Countess');
  expect(heard('a2').map(names)).toEqual([['Countess']]);
  expect(heard('a1').map(names)).toEqual([['Countess']]);
  say('a2', '2');
  join('b', 'Bob', KEYS.bob);
  const { history } = welcomeIn(heard('b'));
  expect(history.map(({ from }) => from.name)).toEqual(['Ada', 'Countess']);
});

test('the history is the last of what was said', () => {
  const { join, say, heard } = makeRoom(3);
  join('a', 'Ada');
  for (const id of ['1', '2', '3', '4', '5']) say('a', id);
  join('b', 'Bob', KEYS.bob);
  const { history } = welcomeIn(heard('b'));
  expect(history.map(({ text }) => text)).toEqual(['3', '4', '5']);
});

test('who has not joined says nothing, and leaves nothing behind', () => {
  const { join, say, heard, room } = makeRoom();
  join('a', 'Ada');
  heard('a');
  expect(() => say('b', '1')).toThrow('Join before you say something.');
  room.leave('b');
  expect(heard('a')).toEqual([]);
});
