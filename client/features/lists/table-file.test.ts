import { dayCell, momentCell, moneyCell, tableText } from './table-file.ts';

const ru = { locale: 'ru', zone: 'Europe/Moscow' } as const;
const en = { locale: 'en', zone: 'Europe/Moscow' } as const;

describe(tableText.name, () => {
  it('lets a program for tables calculate nothing that somebody wrote into a cell', () => {
    const values = [
      '=HYPERLINK("http://x")',
      '@SUM(A1)',
      '+cmd|calc',
      '-1+cmd|calc',
      '\t=1',
      '+7 (916) 555-01-01',
      '-5,5',
      'a=b',
    ];
    expect(tableText([values], 'ru')).toBe(
      `\ufeff"'=HYPERLINK(""http://x"")";"'@SUM(A1)";"'+cmd|calc";"'-1+cmd|calc";"'\t=1";"+7 (916) 555-01-01";"-5,5";"a=b"\r\n`,
    );
  });

  it('has the separator and the numbers that tables of the language expect', () => {
    expect(tableText([['a', 'b']], 'en')).toBe('\ufeff"a","b"\r\n');
    expect([moneyCell(18_430_050, 'ru'), moneyCell(18_430_050, 'en')]).toEqual(['184300,50', '184300.50']);
    expect([dayCell('2026-03-26', 'ru'), dayCell('2026-03-26', 'en')]).toEqual(['26.03.2026', '2026-03-26']);
    expect(momentCell('2026-03-26T21:30:00.000Z', ru)).toBe('27.03.2026 00:30');
    expect(momentCell('2026-03-26T21:30:00.000Z', en)).toBe('2026-03-27 00:30');
  });

  it('leaves a cell empty of which nothing is known', () => {
    expect([moneyCell(null, 'ru'), dayCell(null, 'ru'), momentCell(undefined, ru)]).toEqual(['', '', '']);
  });
});
