import { RoomWaiters } from '../src/room.js';
import { rejection, settled } from './scene.js';

test('room for the message that is being made is none for those behind it', async () => {
  const room = new RoomWaiters();
  const log: string[] = [];
  for (const own of [false, true, false]) void room.wait(own).then(() => log.push(own ? 'own' : 'other'));
  room.give(false);
  await settled(1);
  expect([log, room.any]).toEqual([['own'], true]);
  room.give(true);
  await settled(1);
  expect([log, room.any]).toEqual([['own', 'other', 'other'], false]);
});

test('who is refused hears why, each by an error of its own', async () => {
  const room = new RoomWaiters();
  const errors = [true, false].map((own) => rejection(room.wait(own)));
  room.refuse(() => new Error('over'));
  const [first, second] = await Promise.all(errors);
  expect([first?.message, second?.message, first === second, room.any]).toEqual(['over', 'over', false, false]);
});
