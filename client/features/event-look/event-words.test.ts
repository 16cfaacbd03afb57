import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODULES } from '@svodka/shared/contracts/modules';
import { testEvent } from '../../testing/events.ts';
import { contextOf, spokenName } from './event-words.ts';

describe('the colours of modules', () => {
  it('are all in the theme', () => {
    const theme = readFileSync(join(import.meta.dirname, '../../ui/theme.css'), 'utf8');
    expect(MODULES.filter((module) => !theme.includes(`  --m-${module}: light-dark(`))).toEqual([]);
  });
});

describe('the words of a row', () => {
  it('says what the title has said no second time', () => {
    const complete = {
      type: 'items.complete',
      module: 'fgwarehouse',
      payload: { ready: 3, total: 3 },
    } as const;
    expect(contextOf(testEvent('1', 0, { ...complete, title: 'Заказ укомплектован: 3 из 3' }))).toBe('');
    expect(contextOf(testEvent('1', 0, { ...complete, title: 'Complete: 3 of 3' }))).toBe('');
    expect(contextOf(testEvent('1', 0, { ...complete, title: 'Всё на складе' }))).toMatch(/3 из 3/);
  });

  it('names the kind of an event once for those who hear it', () => {
    expect(spokenName(testEvent('1', 0, { type: 'item.defect', title: 'Брак: царапина' }))).toBe(
      'Брак: царапина',
    );
    expect(spokenName(testEvent('1', 0, { type: 'item.defect', title: 'Царапина' }))).toBe('Брак: Царапина');
  });
});
