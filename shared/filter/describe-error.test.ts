import '../messages/catalogue.ts';
import { describeParseError } from './describe-error.ts';
import { FilterParseError, parseText } from './text.ts';

function complaint(text: string, locale: 'ru' | 'en'): string {
  try {
    parseText(text);
  } catch (error) {
    if (error instanceof FilterParseError) return describeParseError(error, text, locale);
  }
  return 'parsed';
}

describe(describeParseError, () => {
  it.each([
    [
      'modul:mail',
      /^Поля «modul» нет\. Можно так: .*модуль, тип, важность, статус, срок, заказ.*[^.]…$/,
      /^There is no field “modul”\. Try: .*module, type/,
    ],
    [
      'статус:готово',
      /^Значения «готово» здесь нет\. Можно так: открыто, отложено, решено, к сведению\.$/,
      /Try: open, snoozed, resolved, recorded\.$/,
    ],
    [
      'когда:потом',
      /^Время «потом» непонятно\. Можно так: сегодня, вчера, за неделю/,
      /^The time “потом” was not understood/,
    ],
    ['модуль>почта', /^Знак «>» здесь не подходит/, /^The sign “>” does not fit/],
    [
      'без:модуля',
      /^Поля «модуля» нет\. Можно так: срок, заказ, контрагент, автор, взял, файлы\.$/,
      /Try: due, project, counterparty, author, holder, files\.$/,
    ],
    [
      'файлы:да',
      /^Значения «да» здесь нет\. Можно так: есть:файлы, без:файлов\.$/,
      /Try: has:files, no:files\.$/,
    ],
    ['"окно', /^Кавычка не закрыта\.$/, /^The quote is not closed\.$/],
  ])('explains %s', (text, ru, en) => {
    expect(complaint(text, 'ru')).toMatch(ru);
    expect(complaint(text, 'en')).toMatch(en);
  });

  it('suggests nothing that is not offered, and says no less that it is understood', () => {
    const [text, offered] = ['тип:x', (code: string) => !code.startsWith('payment.')];
    try {
      parseText(text);
    } catch (error) {
      const said = describeParseError(error as FilterParseError, text, 'ru', 'events', offered);
      expect(said).toMatch(/^Значения «x» здесь нет\. Можно так: /);
      expect(said).not.toMatch(/предоплата/i);
      expect(complaint(text, 'ru')).toMatch(/предоплата/i);
    }
    expect(complaint('тип:payment.prepaid', 'ru')).toBe('parsed');
    expect.assertions(4);
  });

  it('suggests words that the parser accepts', () => {
    for (const text of ['модуль:x', 'тип:x', 'важность:x', 'статус:x', 'срок:x']) {
      const list = /Можно так: (.*?)[….]$/.exec(complaint(text, 'ru'))?.[1] ?? '';
      const field = text.slice(0, text.indexOf(':'));
      for (const word of list.split(', ')) expect(() => parseText(`${field}:${word}`)).not.toThrow();
    }
    const times = /Можно так: (.*)\.$/.exec(complaint('когда:x', 'ru'))?.[1] ?? '';
    for (const time of times.split(', ')) expect(() => parseText(`когда:${time}`)).not.toThrow();
  });
});
