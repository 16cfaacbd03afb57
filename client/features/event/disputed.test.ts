import type { EventEdit, SvodkaEvent } from '@svodka/shared/contracts/event';
import { testEvent } from '../../testing/events.ts';
import { disputedIn, settled } from './disputed.ts';

const seen = testEvent('a', 1, { title: 'Было', body: 'Слова', payload: { method: 'card', docNo: '1' } });
const left = (more: object) => ({ ...seen, rev: 2, ...more }) as SvodkaEvent;

it('merges what different people have changed, the details entry by entry', () => {
  const edit: EventEdit = { title: 'Моё', payload: { method: 'cash', docNo: '1' } };
  const current = left({ body: 'Чужое', payload: { method: 'card', docNo: '2' } });
  expect(disputedIn(edit, seen, current)).toEqual([]);
  expect(settled(edit, seen, current)).toEqual({ title: 'Моё', payload: { method: 'cash', docNo: '2' } });
});

it('asks of each thing that both have changed, and takes of each what was chosen', () => {
  const edit: EventEdit = { title: 'Моё', body: 'И это', payload: { docNo: '3' } };
  const current = left({ title: 'Чужое', payload: { method: 'bank', docNo: '2' } });
  expect(disputedIn(edit, seen, current)).toEqual([
    { path: 'title', base: 'Было', mine: 'Моё', theirs: 'Чужое' },
    { path: 'payload.docNo', base: '1', mine: '3', theirs: '2' },
    { path: 'payload.method', base: 'card', mine: undefined, theirs: 'bank' },
  ]);
  expect(settled(edit, seen, current)).toEqual({ title: 'Моё', body: 'И это', payload: { docNo: '3' } });
  expect(
    settled(edit, seen, current, { title: 'theirs', 'payload.method': 'base', 'payload.docNo': 'theirs' }),
  ).toEqual({ body: 'И это', payload: { method: 'card', docNo: '2' } });
});

it('has nothing to ask where both have said the same', () => {
  const current = left({ title: 'Моё' });
  expect(disputedIn({ title: 'Моё' }, seen, current)).toEqual([]);
  expect(settled({ title: 'Моё' }, seen, current)).toEqual({});
});
