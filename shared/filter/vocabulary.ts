import type { Locale } from '../contracts/common.ts';
import { type EventType, moduleOf } from '../contracts/modules.ts';
import { domainEn } from '../messages/domain.en.ts';
import { domainRu } from '../messages/domain.ru.ts';
import type { MessageKey } from '../messages/ru.ts';
import { FIELD_NAMES, FIELDS, type FieldName, fieldOf, type Subject, subjectOf } from './fields.ts';

/** Words as the text form compares them: case, ё, and the choice of space, hyphen or underscore do not matter. */
export const foldPhrase = (phrase: string): string =>
  phrase
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[\s_-]+/g, ' ')
    .trim();

const words = (list: string): string[] => list.split(/, /);

/** What people call the fields; the genitive is for «без:заказа». Canonical names are added below. */
const FIELD_WORDS: Partial<Record<FieldName, string[]>> = {
  module: words('модуль, раздел, источник'),
  type: words('тип, вид, событие'),
  importance: words('важность, приоритет, priority'),
  status: words('статус, состояние, state'),
  due: words('срок, сроки, срока, deadline'),
  project: words('заказ, заказа, проект, проекта, order'),
  counterparty: words('контрагент, контрагента, клиент, клиента, заказчик, заказчика, customer, client'),
  author: words('автор, автора, кто, by'),
  holder: words('взял, взято, взявшего, у кого, держит, claimed by, held by'),
  batch: words('импорт, загрузка, import'),
  files: words('файлы, файл, файлов, файлами, вложения, вложений, снимки, attachments, photos'),
  occurred: words('когда, время, дата, произошло, when, date'),
  recorded: words('внесено, записано, entered'),
  dueAt: words('крайний-срок, due-at'),
  snoozed: words('отложено-до, вернется, snoozed-until'),

  stage: words('статус, этап, стадия, status'),
  manager: words('менеджер, менеджера, ведет'),
  appointed: words('назначен, назначенных, участник'),
  customer: words('контрагент, контрагента, заказчик, заказчика, клиент, клиента, counterparty, client'),
  flag: words('признак, признаки, пометка, is'),
  install: words('монтаж, монтажа, installation'),
  next: words('дальше, следующий, ждет'),
  late: words('просрочено, просрочен, overdue'),
  stopped: words('стоит, остановлено, blocked'),
  reached: words('сделано, сделан, done'),
  template: words('вид, шаблон, kind'),
  debt: words('долг, долга, owed'),
  created: words('заведен, заведено'),
};

/** Words for values beside their codes and their labels in both catalogues. */
const VALUE_WORDS: Partial<Record<FieldName, Record<string, string[]>>> = {
  module: {
    finance: words('деньги, оплата, оплаты, платеж, платежи, money, payments'),
    orders: words('отдел заказов'),
    measure: words('замер'),
    calendar: words('план, календарь, планирование'),
    fgwarehouse: words('сгп, готовая продукция, склад готовой продукции'),
    multiwarehouse: words('склад, материалы, снабжение'),
    production: words('цех'),
    install: words('монтажи'),
    calls: words('звонок, телефон, call'),
    mail: words('письма'),
    system: words('система, системные, system'),
  },
  type: { 'note.free': words('произвольное событие, произвольное, free note') },
  importance: {
    info: words('справочная, справочное, инфо, низкая'),
    normal: words('обычное, обычной, средняя'),
    high: words('высокое, высокой, важное, важная'),
    critical: words('критичная, критичное, критичной, критическое, срочное'),
  },
  status: {
    open: words('открыт, открытое, открытые, новые'),
    snoozed: words('отложен, отложенное, отложенные'),
    resolved: words('решен, решенное, решенные, закрыто, закрытые, closed'),
    recorded: words('сведения, факт, факты, fact, facts'),
  },
  due: {
    none: words('не скоро, еще не скоро, далекий, not soon'),
    approaching: words('приближаются, скоро, soon'),
    due: words('наступило, наступили, сейчас, now'),
    overdue: words('просрочено, просрочены, просроченные, просрочка, late'),
    done: words('выполнено, выполнены'),
  },
  flag: {
    late: words('опаздывает, опаздывают'),
    undated: words('без даты, нет даты, no date'),
    contradiction: words('противоречия, не сходится, conflict'),
    paused: words('приостановлен, приостановлены, пауза'),
    cancelled: words('отменен, отменены, отмена'),
    complaint: words('рекламация, рекламации, жалоба'),
  },
  template: {
    private: words('частный, частные'),
    dealer: words('дилер, дилерский'),
    facade: words('фасад, объект'),
    complaint: words('рекламация'),
  },
};

/** Codes that the text form writes by a plainer word: the state `none` of a deadline is that it is not near. */
const SPELLED: Partial<Record<FieldName, Record<string, string>>> = { due: { none: 'later' } };

/** A code as the text form writes it. */
export const spelled = (field: FieldName, code: string): string => SPELLED[field]?.[code] ?? code;

/** «срок:нет» asks for what has no deadline at all. */
const ABSENT = new Set(words('none, no, нет, нет срока, без срока, не задан, no deadline').map(foldPhrase));
export const namesAbsence = (phrase: string): boolean => ABSENT.has(foldPhrase(phrase));

const fieldsByWord: Record<Subject, Map<string, FieldName>> = { events: new Map(), orders: new Map() };
for (const name of FIELD_NAMES) {
  for (const word of [name, ...(FIELD_WORDS[name] ?? [])])
    fieldsByWord[subjectOf(name)].set(foldPhrase(word), name);
}

/** The field that a word names, in either language; also one that users may not ask of. */
export const fieldNamed = (word: string, of: Subject = 'events'): FieldName | undefined =>
  fieldsByWord[of].get(foldPhrase(word));

/** What a person of a language would write for a field. */
export const fieldWord = (name: FieldName, locale: Locale): string =>
  locale === 'ru' ? (FIELD_WORDS[name]?.[0] ?? name) : name;

/** What a person of a language would write for a code: its label in Russian, itself in English. */
export function valueWord(code: string, locale: Locale, of: Subject = 'events'): string {
  const field = FIELD_NAMES.find((name) => subjectOf(name) === of && fieldOf(name).values?.includes(code));
  if (!field) return code;
  return codeWord(field, code, locale);
}

/** A code of a field as the text form of a language writes it; in Russian by its label, where that names it alone. */
export function codeWord(field: FieldName, code: string, locale: Locale): string {
  if (locale !== 'ru') return spelled(field, code);
  const label = foldPhrase(labelOf(domainRu, field, code));
  // One that the first screen goes without is written by its word.
  const candidates = [...(label === code ? [] : [label]), ...(VALUE_WORDS[field]?.[code] ?? [])];
  return candidates.find((word) => valuesNamed(field, word)?.join() === code) ?? spelled(field, code);
}

const labelOf = (words: Record<string, string>, field: FieldName, code: string): string =>
  words[labelKey(field, code)] ?? code;

/** The message that labels a code of a field: `module.mail`, `project.status.act`. */
export const labelKey = (field: FieldName, code: string): MessageKey =>
  `${fieldOf(field).labels ?? field}.${code}` as MessageKey;

function phrasesOf(field: FieldName): Map<string, string[]> {
  const phrases = new Map<string, string[]>();
  for (const code of fieldOf(field).values ?? []) {
    const labels = [domainRu, domainEn].map((words) => labelOf(words, field, code));
    for (const word of new Set(
      [spelled(field, code), ...labels, ...(VALUE_WORDS[field]?.[code] ?? [])].map(foldPhrase),
    )) {
      phrases.set(word, [...(phrases.get(word) ?? []), code]);
    }
  }
  return phrases;
}

const phrasesByField = new Map(FIELD_NAMES.map((name) => [name, phrasesOf(name)]));

/**
 * The codes that a phrase names in a field with listed values. `payment.*` names every code that begins so, and a type is
 * also named by whose it is: «тип:звонок» asks for every type of calls.
 */
export function valuesNamed(field: FieldName, phrase: string): string[] | undefined {
  const named = phrasesByField.get(field)?.get(foldPhrase(phrase));
  if (named) return named;
  const group = FIELDS[field].kind === 'set' ? (fieldOf(field).values ?? []) : [];
  const owners = field === 'type' ? (phrasesByField.get('module')?.get(foldPhrase(phrase)) ?? []) : [];
  const codes = phrase.endsWith('.*')
    ? group.filter((code) => code.startsWith(phrase.slice(0, -1).toLowerCase()))
    : group.filter((code) => owners.includes(moduleOf(code as EventType)));
  return codes.length > 0 ? codes : undefined;
}

const EXISTS_WORDS = new Map<string, boolean>([
  ...words('has, with, есть, с').map((word) => [word, true] as const),
  ...words('no, without, без, нет').map((word) => [word, false] as const),
]);

/** Whether a word before a colon asks for a value to be there (`has:project`) or not (`no:project`). */
export const existenceNamed = (word: string): boolean | undefined => EXISTS_WORDS.get(foldPhrase(word));

/** «без:заказа»: after «без» a field stands in the genitive. */
const GENITIVES: Partial<Record<FieldName, string>> = {
  due: 'срока',
  project: 'заказа',
  counterparty: 'контрагента',
  author: 'автора',
  holder: 'взявшего',
  files: 'файлов',
  manager: 'менеджера',
  appointed: 'назначенных',
  customer: 'контрагента',
  install: 'монтажа',
  debt: 'долга',
};

/** `has:project`, `no:due` as the text form of a language writes them. */
export function existenceWords(field: FieldName, exists: boolean, locale: Locale): string {
  if (locale !== 'ru') return `${exists ? 'has' : 'no'}:${field}`;
  return exists ? `есть:${fieldWord(field, locale)}` : `без:${GENITIVES[field] ?? fieldWord(field, locale)}`;
}

/** Between two parts of which one is enough. */
export const orWord = (locale: Locale): string => (locale === 'ru' ? 'или' : 'or');

const TEXT_WORDS = new Set(words('text, текст'));

/** Whether a word before a colon asks for words of the text: `text:"панель"`. */
export const isTextWord = (word: string): boolean => TEXT_WORDS.has(foldPhrase(word));

const OPERATORS = {
  and: new Set(words('and, и, &&')),
  or: new Set(words('or, или, ||')),
  not: new Set(words('not, не, кроме, except')),
};
export type Operator = keyof typeof OPERATORS;

/** The operator that a bare word is. */
export function operatorNamed(word: string): Operator | undefined {
  const folded = foldPhrase(word);
  return (Object.keys(OPERATORS) as Operator[]).find((operator) => OPERATORS[operator].has(folded));
}
