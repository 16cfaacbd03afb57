import { failedRows } from './failed-rows.ts';

describe(failedRows.name, () => {
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
    const [, row] = failedRows(
      values.map((_, i) => `c${i}`),
      [{ values, why: ['=why'] }],
      'why',
    ).split('\r\n');
    expect(row).toBe(
      `"'=HYPERLINK(""http://x"")";"'@SUM(A1)";"'+cmd|calc";"'-1+cmd|calc";"'\t=1";"+7 (916) 555-01-01";"-5,5";"a=b";"'=why"`,
    );
  });
});
