// Words that people who work at the desk have stumbled over must not come back, in whatever message.
import { EVENT_TYPES, MODULES } from '../contracts/modules.ts';
import { PAYLOAD_FIELDS } from '../contracts/payload.ts';
import type { MessageKey } from './catalogue.ts';
import { catalogues } from './catalogue.ts';

const SAID: [MessageKey, string][] = [
  ['type.note.free', 'Заметка'],
  ['module.system', 'Общее'],
  ['field.title', 'Что произошло'],
  ['importance.critical', 'Критическая'],
  ['visibility.internal', 'Всем сотрудникам'],
  ['visibility.department', 'Только моему отделу'],
  ['visibility.public', 'И клиенту'],
  ['reason.money', 'Введите сумму цифрами, например 184 300,50'],
  ['reason.millimetres', 'Целое число, мм'],
  ['filter.due.none', 'ещё не скоро'],
  ['inbox.title', 'Входящие'],
  ['tab.inbox', 'Входящие'],
  ['bell.label', 'Входящие'],
  ['inbox.seenAll', 'Отметить все прочитанными'],
  ['people.title', 'Сотрудники'],
  ['app.undo', 'Отменить'],
  ['filter.bar.reset', 'Сбросить условия'],
  ['notice.hide', 'Скрыть'],
  ['import.reason.no-such-date', 'такой даты нет'],
  ['import.target.keep', 'Сохранить в подробностях'],
  ['import.target.ignore', 'Пропустить'],
  ['import.preset.none', 'Указать столбцы самим'],
  ['settings.session', 'О программе'],
];

const GONE = [
  /произвольн/i,
  /критичн/i,
  /внутренн(?:ее|ие|яя)/i,
  /не того типа/i,
  /прочитать все/i,
  /^люди(?: |$)/i,
  /добавлен человек|человек удал/i,
  /^мне$/i,
  /^вернуть(?: как было)?$/i,
  /^позже$/i,
  /не брать/i,
  /оставить в сведениях/i,
  /по столбцам$/i,
  /возник(?:а|н)/i,
  /^«\{module\}»/,
  /проект(?!н)/i,
  /пользовател/i,
];

describe('Russian words', () => {
  it.each(SAID)('%s: «%s»', (key, words) => {
    expect(catalogues.ru[key]).toBe(words);
  });

  it.each(GONE)('none is %s', (pattern) => {
    const found = Object.entries(catalogues.ru).filter(([, text]) => pattern.test(text));
    expect(found).toEqual([]);
  });
});

describe('English words', () => {
  it('are all there, and none of them is Russian', () => {
    const wrong = Object.entries(catalogues.en).filter(
      ([key, text]) => text.trim() === '' || (/[а-яё]/i.test(text) && key !== 'locale.ru'),
    );
    const meantEmpty = Object.entries(catalogues.ru).filter(([, text]) => text === '');
    expect(wrong.map(([key]) => key).filter((key) => !meantEmpty.some(([empty]) => empty === key))).toEqual(
      [],
    );
  });

  it('stand in English quotes', () => {
    expect(Object.entries(catalogues.en).filter(([, text]) => /[«»]/.test(text))).toEqual([]);
  });
});

describe('what is said by its code', () => {
  const fields = Object.values(PAYLOAD_FIELDS).flat();
  it.each([
    ['modules', MODULES.map((module) => `module.${module}`)],
    ['types of events', EVENT_TYPES.map((type) => `type.${type}`)],
    ['fields of events', fields.map(({ name }) => `payload.${name}`)],
    [
      'choices of events',
      fields.flatMap(({ name, options = [] }) => options.map((option) => `payload.${name}.${option}`)),
    ],
  ])('%s: each has its word', (_what, keys) => {
    expect([...new Set(keys)].filter((key) => !Object.hasOwn(catalogues.ru, key))).toEqual([]);
  });
});
