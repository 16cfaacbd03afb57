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
});
