import { DossierWords } from './dossier-words.ts';

describe(DossierWords, () => {
  it.each([
    ['ru', '03.12.2026', '03.12.2026, 01:30'],
    ['en', '03/12/2026', '03/12/2026, 01:30'],
  ] as const)('says the day before the month: %s', (locale, day, moment) => {
    const words = new DossierWords(locale, 'Europe/Moscow', String);
    expect(words.day('2026-12-03')).toBe(day);
    expect(words.moment(new Date('2026-12-02T22:30:00Z'))).toBe(moment);
  });

  it('tells an edit as the screen does: a whole day without an hour, each detail, and no code', () => {
    const words = new DossierWords('ru', 'Europe/Moscow', (id) => `[${id}]`);
    const changes = {
      dueAt: { from: '2026-12-04T20:59:59.000Z', to: '2026-12-05T11:00:00.000Z' },
      dueState: { from: 'none', to: 'approaching' },
      dueAllDay: { from: true, to: false },
      payload: {
        from: { method: 'bank', fields: { Банк: 'Север' } },
        to: { method: 'cash', amountKop: 100_00 },
      },
      claim: { from: null, to: 'u1' },
    };
    const revision = { rev: 2, at: new Date(), by: null, changes };
    const lines = words.changes(revision, 'payment.received', (id) => `<${id}>`);
    expect(lines.map(({ label, value }) => `${label}: ${value}`.replaceAll('\u00a0', ' '))).toEqual([
      'Срок: 04.12.2026 → 05.12.2026, 14:00',
      'Способ: Банк → Наличные',
      'Банк: Север → пусто',
      'Сумма: пусто → 100,00 ₽',
      'В работе: пусто → <u1>',
    ]);
  });
});
