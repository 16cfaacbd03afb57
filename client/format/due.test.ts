import { duePill } from './due.ts';

const viewer = { locale: 'ru', zone: 'Europe/Moscow' } as const;
const now = Date.parse('2026-03-14T08:00:00Z');
const pill = (dueAt: string | null, dueState: string, more: object = {}) => {
  const made = duePill(
    { dueAt, dueState, dueAllDay: false, dueLocal: null, resolved: null, ...more } as Parameters<
      typeof duePill
    >[0],
    now,
    viewer,
  );
  return made && `${made.text.replace(/\s/g, ' ')} ${made.tone}`;
};

describe(duePill.name, () => {
  it('is absent without a deadline, and where nobody waits for it', () => {
    expect(pill(null, 'none')).toBeNull();
    expect(pill('2026-03-14T07:20:00Z', 'none', { status: 'recorded' })).toBeNull();
  });

  it.each([
    ['2026-03-14T07:20:00Z', 'overdue', 'просрочен 40 мин late'],
    ['2026-03-12T07:20:00Z', 'overdue', 'просрочен 2 дня late'],
    ['2026-03-13T09:20:00Z', 'overdue', 'просрочен 22 ч late'],
    ['2026-03-13T05:15:00Z', 'overdue', 'просрочен со вчера 08:15 late'],
    ['2026-03-08T07:20:00Z', 'overdue', 'просрочен 6 дней late'],
    ['2025-11-02T07:20:00Z', 'overdue', 'просрочен с 2 нояб. 2025 late'],
    ['2026-03-14T08:00:00Z', 'due', 'срок наступил late'],
    ['2026-03-14T14:00:00Z', 'approaching', 'сегодня 17:00 soon'],
    ['2026-03-15T06:00:00Z', 'approaching', 'завтра 09:00 soon'],
    ['2026-03-17T06:00:00Z', 'approaching', '17 мар. soon'],
    ['2026-03-26T06:00:00Z', 'none', 'до 26 мар. plain'],
  ])('says %s (%s) as «%s»', (dueAt, state, text) => {
    expect(pill(dueAt, state)).toBe(text);
  });

  it('counts whole days from the day', () => {
    const allDay = { dueAllDay: true, dueLocal: '2026-03-13' };
    expect(pill('2026-03-13T20:59:59Z', 'overdue', allDay)).toBe('просрочен со вчера late');
    expect(pill('2026-03-10T20:59:59Z', 'overdue', { ...allDay, dueLocal: '2026-03-10' })).toBe(
      'просрочен 4 дня late',
    );
  });

  it('says whether it was met', () => {
    const at = '2026-03-14T08:00:00.000Z';
    expect(pill(at, 'done', { resolved: { at: '2026-03-14T07:00:00.000Z', by: null } })).toBe('в срок ok');
    expect(pill(at, 'done', { resolved: { at: '2026-03-14T09:00:00.000Z', by: null } })).toBe(
      'с опозданием plain',
    );
  });

  it('takes the day of an all-day deadline from its own zone', () => {
    // 15 March in Vladivostok ends while it is still the 15th there and the afternoon in Moscow.
    expect(pill('2026-03-15T13:59:59Z', 'approaching', { dueAllDay: true, dueLocal: '2026-03-15' })).toBe(
      'завтра soon',
    );
  });
});
