import type { Installation } from '@svodka/shared/contracts/crews';
import type { WorkConflict } from '@svodka/shared/rules/orders/work-conflicts';
import { conflictLines } from './calendar-words.ts';

const at = (startOn: string, finishOn: string) => ({ startOn, finishOn }) as Installation;
const says = (kind: WorkConflict['kind'], on: string | null, note = ''): WorkConflict => ({ kind, on, note });

describe('what stands in the way of an installation', () => {
  const over = [says('over', '2026-12-03'), says('over', '2026-12-04')];

  it('is said once, with the days of work that has several', () => {
    expect(conflictLines(at('2026-12-03', '2026-12-04'), over)).toEqual([
      'больше, чем бригада успевает за день: 3 дек., 4 дек.',
    ]);
    expect(conflictLines(at('2026-12-03', '2026-12-03'), over.slice(0, 1))).toEqual([
      'больше, чем бригада успевает за день',
    ]);
  });

  it('keeps apart what is not the same, and names no more days than can be read', () => {
    const days = ['2026-12-03', '2026-12-04', '2026-12-05', '2026-12-06', '2026-12-07'];
    const conflicts = [
      says('promised', '2026-12-02'),
      ...days.map((day) => says('over', day)),
      says('undone', days[4] ?? null),
    ];
    expect(conflictLines(at('2026-12-03', '2026-12-07'), conflicts)).toEqual([
      'обещали 2 дек.',
      'больше, чем бригада успевает за день: 3 дек., 4 дек., 5 дек.…',
      'срок прошёл, не выполнен',
    ]);
  });

  it('is short where there is no room', () => {
    expect(conflictLines(at('2026-12-03', '2026-12-04'), over, { isBrief: true })).toEqual([
      'бригада перегружена: 3 дек., 4 дек.',
    ]);
  });
});
