import '../messages/catalogue.ts';
import fc from 'fast-check';
import type { Filter, RelativePoint } from './ast.ts';
import type { Names } from './fields.ts';
import { normalize } from './normalize.ts';
import { toChips, toSentence } from './sentence.ts';
import { resolvedFilterArb, userFilterArb } from './testing/arbitraries.ts';
import { parseText } from './text.ts';

const known: Record<string, string> = {
  'project p-318': '№ 318',
  'project p-322': '№ 322',
  'counterparty c-1': 'ООО «Гранит-Строй»',
  'user u-1': 'Анна К.',
  'batch b-1': 'receipt.csv',
};
const names: Names = (kind, id) => known[`${kind} ${id}`];

describe(toSentence, () => {
  it.each([
    [
      'importance>=high due:overdue -module:mail occurred>=day-7',
      'важность от высокой, срок просрочен, кроме модуля «Почта», за неделю',
      'importance high or above, deadline overdue, except module “Mail”, past week',
    ],
    ['', 'все события', 'all events'],
    ['-*', 'ни одного события', 'no events'],
    ['module:finance', 'модуль «Финансы»', 'module “Finance”'],
    [
      'module:finance,calls,mail',
      'модуль «Финансы», «Звонки» или «Почта»',
      'module “Finance”, “Calls”, or “Mail”',
    ],
    ['-module:mail,calls', 'кроме модулей «Звонки» и «Почта»', 'except modules “Calls” and “Mail”'],
    ['type:payment.prepaid', 'тип «Предоплата внесена»', null],
    ['-type:call.missed', 'кроме типа «Пропущенный звонок»', null],
    ['importance:critical', 'важность критическая', 'importance critical'],
    ['importance:info,normal', 'важность до обычной', 'importance normal or below'],
    ['importance:normal,high', 'важность обычная или высокая', 'importance normal or high'],
    ['importance:info,normal,high,critical', 'важность любая', 'importance any'],
    ['-importance:info,normal', 'важность не справочная и не обычная', 'importance not info and not normal'],
    ['status:open,recorded', 'статус открыто или к сведению', 'status open or recorded'],
    ['-status:resolved', 'статус не решено', 'status not resolved'],
    ['due:approaching,overdue', 'срок приближается или просрочен', 'deadline approaching or overdue'],
    ['due:none', 'без срока', 'without a deadline'],
    ['-due:none', 'со сроком', 'with a deadline'],
    ['due:later', 'срок ещё не скоро', 'deadline not soon'],
    ['-due:later', 'срок близок или не задан', 'deadline near or not set'],
    ['dueAt<=this-week', 'срок до конца недели', 'due by the end of the week'],
    ['dueAt:tomorrow', 'срок завтра', 'due tomorrow'],
    ['dueAt:today..day+3', 'срок в ближайшие 3 дня', 'due within 3 days'],
    ['dueAt:today..day+7', 'срок в ближайшую неделю', 'due within a week'],
    ['dueAt>=day-2', 'срок не раньше чем 2 дня назад', 'due no earlier than 2 days ago'],
    ['dueAt<=yesterday', 'срок до сегодняшнего дня', 'due before today'],
    ['project:p-318', 'заказ № 318', 'order № 318'],
    ['project:p-318,p-322', 'заказ № 318 или № 322', 'order № 318 or № 322'],
    ['-project:p-318,p-322', 'кроме заказов № 318 и № 322', 'except orders № 318 and № 322'],
    ['project:p-1', 'заказ (нет данных)', 'order (unknown)'],
    ['no:project', 'без заказа', 'without an order'],
    ['has:due', 'со сроком', 'with a deadline'],
    ['counterparty:c-1', 'контрагент ООО «Гранит-Строй»', null],
    ['-counterparty:c-1', 'кроме контрагента ООО «Гранит-Строй»', null],
    ['author:u-1', 'автор Анна К.', 'author Анна К.'],
    ['batch:b-1', 'импорт receipt.csv', 'import receipt.csv'],
    ['панель П-44', 'текст «панель П-44»', 'text “панель П-44”'],
    ['-"панель"', 'кроме текста «панель»', 'except text “панель”'],
    ['occurred:today', 'сегодня', 'today'],
    ['occurred:yesterday', 'вчера', 'yesterday'],
    ['occurred:day-2', '2 дня назад', '2 days ago'],
    ['occurred:this-week', 'на этой неделе', 'this week'],
    ['occurred:week-2', '2 недели назад', '2 weeks ago'],
    ['occurred>=last-hour', 'за час', 'past hour'],
    ['occurred>=hour-24', 'за сутки', 'past 24 hours'],
    ['occurred>=hour-3', 'за 3 часа', 'past 3 hours'],
    ['occurred>=day-5', 'за 5 дней', 'past 5 days'],
    ['occurred>=day-21', 'за 3 недели', 'past 3 weeks'],
    ['occurred>=day-30', 'за месяц', 'past month'],
    ['occurred>=yesterday', 'со вчерашнего дня', 'since yesterday'],
    ['occurred>=this-month', 'с начала месяца', 'since the start of the month'],
    ['occurred:day-7..today', 'за неделю', 'past week'],
    [
      'occurred:last-week..yesterday',
      'с начала прошлой недели до сегодняшнего дня',
      'since the start of last week before today',
    ],
    ['recorded:today', 'внесено сегодня', 'recorded today'],
    ['occurred:2025-03-14', '14 марта 2025', '14 March 2025'],
    [
      'occurred:2025-03-01..2025-03-14',
      'с 1 марта 2025 по 14 марта 2025',
      'from 1 March 2025 through 14 March 2025',
    ],
    ['occurred<2025-03-14T07:05:00Z', 'до 14 марта 2025, 10:05', 'before 14 March 2025, 10:05'],
    ['module:mail or due:overdue', 'модуль «Почта» или срок просрочен', 'module “Mail” or deadline overdue'],
    [
      'status:open (module:mail or (due:overdue importance>=high))',
      'статус открыто, (модуль «Почта» или (срок просрочен и важность от высокой))',
      'status open, (module “Mail” or (deadline overdue and importance high or above))',
    ],
    [
      '-(module:mail status:open)',
      'кроме (модуль «Почта» и статус открыто)',
      'except (module “Mail” and status open)',
    ],
    ['-occurred:today', 'не сегодня', 'not today'],
  ])('says %s', (text, ru, en) => {
    expect(toSentence(parseText(text), 'ru', names, 'Europe/Moscow')).toBe(ru);
    if (en) expect(toSentence(parseText(text), 'en', names, 'Europe/Moscow')).toBe(en);
  });

  it('has words for every filter, those of permissions too', () => {
    fc.assert(
      fc.property(
        fc.oneof(userFilterArb, resolvedFilterArb),
        fc.constantFrom('ru', 'en'),
        (filter, locale) => {
          const sentence = toSentence(filter as Filter, locale, names);
          expect(sentence).not.toMatch(/undefined|filter\.|[{}]|^ | $| {2}/);
          expect(sentence).not.toBe('');
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe(toChips, () => {
  it('gives each part of the top a label, a value and the filter without it', () => {
    const week: RelativePoint = { unit: 'week', offset: 0, edge: 'end' };
    const high: Filter = { field: 'importance', in: ['high', 'critical'] };
    const soon: Filter = { field: 'dueAt', to: week };
    const notMail: Filter = { not: { field: 'module', in: ['mail'] } };
    expect(toChips({ and: [high, soon, notMail] }, 'ru', names)).toEqual([
      { path: [0], label: 'важность', value: 'от высокой', clause: high, without: { and: [soon, notMail] } },
      { path: [1], label: 'срок', value: 'до конца недели', clause: soon, without: { and: [high, notMail] } },
      { path: [2], label: '', value: 'кроме «Почта»', clause: notMail, without: { and: [high, soon] } },
    ]);
  });

  it('shows a single clause, an or as one chip, and nothing for all events', () => {
    expect(toChips(parseText('occurred:today'), 'ru', names)).toMatchObject([
      { path: [], label: '', value: 'сегодня', without: { and: [] } },
    ]);
    expect(toChips(parseText('no:project or due:overdue'), 'ru', names)).toMatchObject([
      { path: [], label: '', value: 'без заказа или срок просрочен' },
    ]);
    expect(toChips({ and: [] }, 'ru', names)).toEqual([]);
  });

  it('cuts long lists', () => {
    expect(toChips(parseText('type:payment.*'), 'ru', names)).toMatchObject([
      { label: 'тип', value: '«Предоплата внесена», «Платёж поступил» и ещё 3' },
    ]);
  });

  it('keeps its parts together the whole filter', () => {
    fc.assert(
      fc.property(userFilterArb, (filter) => {
        const chips = toChips(filter, 'ru', names);
        expect(normalize({ and: chips.map((chip) => chip.clause) })).toEqual(normalize(filter));
      }),
      { numRuns: 500 },
    );
  });
});
