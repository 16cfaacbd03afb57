import { EmailSchema, mailboxesIn } from './email.ts';

describe('an address of e-mail', () => {
  it.each([
    ['info@окна.рф', 'info@окна.рф'],
    ['Info@Окна.РФ ', 'info@окна.рф'],
    ['info@xn--80atjc.xn--p1ai', 'info@xn--80atjc.xn--p1ai'],
    ['info@пластиковые-окна.com', 'info@пластиковые-окна.com'],
    [' ivan@b.ru\u00a0', 'ivan@b.ru'],
    ['ivan\u200b@b.ru', 'ivan@b.ru'],
    ['Иван <ivan@b.ru>', 'ivan@b.ru'],
    ['"Петров, Иван" <Ivan.Petrov+okna@mail.example.com>', 'ivan.petrov+okna@mail.example.com'],
    ['<ivan@b.ru>', 'ivan@b.ru'],
    ['mailto:ivan@b.ru', 'ivan@b.ru'],
  ])('is read from «%s»', (typed, address) => {
    expect(EmailSchema.parse(typed)).toBe(address);
    expect(EmailSchema.parse(address)).toBe(address);
  });

  it.each([
    '',
    'нет',
    'a@b',
    'a@b, c@d',
    'a@b.ru, c@d.ru',
    'ivan@b.ru нет',
    'иван@окна.рф',
    'a@mаil.ru',
    'a..b@c.ru',
    'a@b..ru',
    'a@-b.ru',
    'a@b.r',
    'a@127.0.0.1',
    'a@b.ru/x',
    'a@b.ru:25',
    'a b@c.ru',
    `${'a'.repeat(250)}@b.ru`,
  ])('is not «%s»', (typed) => {
    expect(EmailSchema.safeParse(typed)).toMatchObject({
      success: false,
      error: { issues: [{ message: 'email' }] },
    });
  });

  it('may be one of several, with words beside it', () => {
    for (const [cell, mailboxes, isAll] of [
      ['a@b.ru; c@окна.рф', ['a@b.ru', 'c@окна.рф'], true],
      ['a@b.ru c@d.ru\nA@B.ru', ['a@b.ru', 'c@d.ru'], true],
      ['a@b.ru, нет', ['a@b.ru'], false],
      ['Иван <ivan@b.ru>, Пётр <p@b.ru>', ['ivan@b.ru', 'p@b.ru'], false],
      ['Иван ivan@b.ru (бухгалтер)', ['ivan@b.ru'], false],
      ['не пользуется', [], false],
    ] as const)
      expect([cell, mailboxesIn(cell)]).toEqual([cell, { mailboxes, isAll }]);
  });
});
