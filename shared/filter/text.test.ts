import fc from 'fast-check';
import type { Filter } from './ast.ts';
import { fieldOf, USER_FIELDS } from './fields.ts';
import { normalize } from './normalize.ts';
import { userFilterArb } from './testing/arbitraries.ts';
import { FilterParseError, parseText, toText } from './text.ts';

const day = (offset: number, edge: 'start' | 'end') => ({ unit: 'day' as const, offset, edge });

describe(toText, () => {
  it.each(['en', 'ru'] as const)('comes back from parseText as the normalised filter (%s)', (locale) => {
    fc.assert(
      fc.property(userFilterArb, (filter) => {
        expect(parseText(toText(filter, locale))).toEqual(normalize(filter));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['importance>=high -module:mail', 'важность>=высокая -модуль:почта'],
    ['due:overdue no:project', 'срок:просрочен без:заказа'],
    ['occurred:this-week status:open', 'когда:эта-неделя статус:открыто'],
    ['occurred:day-6..today', 'когда:день-6..сегодня'],
    ['dueAt>=2025-03-14 (панель or module:calls)', 'крайний-срок>=14.03.2025 (панель или модуль:звонки)'],
    ['type:call.missed', 'тип:"пропущенный звонок"'],
    ['*', ''],
  ])('writes %j in Russian', (text, russian) => {
    expect(toText(parseText(text), 'ru')).toBe(russian);
  });

  it('writes every value of every field in Russian without a code', () => {
    const codes = USER_FIELDS.events.flatMap((field) =>
      (fieldOf(field).values ?? []).map((code) => toText({ field, in: [code] } as Filter, 'ru')),
    );
    expect(codes.filter((text) => /[a-z]/i.test(text))).toEqual([]);
  });

  it('comes back whatever characters texts and ids hold', () => {
    const wild = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ unit: fc.constantFrom(...'а b"\\«»“”(),:<>=-!*и'), maxLength: 12 }),
    );
    const id = wild.filter((text) => text !== '' && !/[\p{Cc}\u2028\u2029]/u.test(text));
    const filters = fc.oneof(
      wild.map((text): Filter => ({ text })),
      wild.map((text): Filter => ({ not: { text } })),
      fc
        .tuple(wild, wild)
        .map(
          ([a, b]): Filter => ({ or: [{ text: a }, { and: [{ text: b }, { field: 'due', exists: true }] }] }),
        ),
      fc.array(id, { minLength: 1, maxLength: 3 }).map((list): Filter => ({ field: 'project', in: list })),
    );
    fc.assert(
      fc.property(filters, (filter) => {
        expect(parseText(toText(filter))).toEqual(normalize(filter));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each<[Filter, string]>([
    [{ and: [] }, ''],
    [{ or: [] }, '-*'],
    [{ field: 'importance', in: ['critical', 'high'] }, 'importance>=high'],
    [{ field: 'importance', in: ['info', 'high'] }, 'importance:info,high'],
    [{ not: { field: 'module', in: ['mail'] } }, '-module:mail'],
    [
      {
        field: 'type',
        in: ['call.missed', 'call.in', 'call.out', 'call.recorded', 'call.promise', 'act.signed'],
      },
      'type:act.signed,call.*',
    ],
    [{ field: 'occurred', from: day(0, 'start'), to: day(0, 'end') }, 'occurred:today'],
    [{ field: 'occurred', from: day(-7, 'start') }, 'occurred>=day-7'],
    [{ field: 'dueAt', to: { unit: 'week', offset: 0, edge: 'end' } }, 'dueAt<=this-week'],
    [{ field: 'dueAt', to: { unit: 'week', offset: 1, edge: 'start' } }, 'dueAt<=this-week'],
    [{ field: 'occurred', from: '2025-03-01', to: '2025-03-14' }, 'occurred:2025-03-01..2025-03-14'],
    [{ field: 'occurred', to: '2025-03-14T07:00:00.000Z' }, 'occurred<2025-03-14T07:00:00.000Z'],
    [{ field: 'project', exists: false }, 'no:project'],
    [{ text: 'панель П-44' }, 'панель П-44'],
    [{ text: 'двери и окна' }, '"двери и окна"'],
    [{ not: { text: 'два слова' } }, '-"два слова"'],
    [{ field: 'project', in: ['№ 318'] }, 'project:"№ 318"'],
    [
      {
        and: [
          { field: 'due', in: ['overdue', 'approaching'] },
          { or: [{ text: 'панель' }, { field: 'module', in: ['calls'] }] },
        ],
      },
      'due:approaching,overdue (панель or module:calls)',
    ],
  ])('writes %j', (filter, text) => {
    expect(toText(filter)).toBe(text);
  });
});

describe(parseText, () => {
  it('reads the example of the language', () => {
    const text =
      'importance>=high due:overdue,approaching -module:mail occurred:today project:"№ 318" (type:payment.* or text:"панель")';
    expect(parseText(text)).toEqual({
      and: [
        { field: 'importance', in: ['high', 'critical'] },
        { field: 'due', in: ['approaching', 'overdue'] },
        { not: { field: 'module', in: ['mail'] } },
        { field: 'occurred', from: day(0, 'start'), to: day(0, 'end') },
        { field: 'project', in: ['№ 318'] },
        {
          or: [
            {
              field: 'type',
              in: [
                'payment.prepaid',
                'payment.received',
                'payment.final',
                'payment.overdue',
                'payment.refunded',
              ],
            },
            { text: 'панель' },
          ],
        },
      ],
    });
  });

  it.each([
    ['важность>=высокая', 'importance>=high'],
    ['Важность >= Высокой', 'importance>=high'],
    ['важность:критичная,высокая', 'importance>=high'],
    ['приоритет<высокая', 'importance:info,normal'],
    ['модуль:Склад ГП', 'module:fgwarehouse'],
    ['модуль:склад-гп, почта', 'module:fgwarehouse,mail'],
    ['module:"Finished goods"', 'module:fgwarehouse'],
    ['тип:Предоплата внесена', 'type:payment.prepaid'],
    ['тип:payment.*', 'type:payment.*'],
    ['тип:«Пропущенный звонок»', 'type:call.missed'],
    ['тип:звонок', 'type:call.*'],
    ['type:calls', 'type:call.*'],
    ['статус:к сведению', 'status:recorded'],
    ['статус:решённые', 'status:resolved'],
    ['срок:просрочен,приближается', 'due:approaching,overdue'],
    ['срок:до конца недели', 'dueAt<=this-week'],
    ['срок:сегодня', 'dueAt:today'],
    ['срок<=завтра', 'dueAt<=tomorrow'],
    ['due:overdue,today', 'due:overdue or dueAt:today'],
    ['когда:за неделю', 'occurred>=day-7'],
    ['когда:"за 2 недели"', 'occurred>=day-14'],
    ['когда:за час', 'occurred>=last-hour'],
    ['когда:за последние 3 дня', 'occurred>=day-3'],
    ['когда:в ближайшие 2 дня', 'occurred:today..day+2'],
    ['когда:вчера важное', 'occurred:yesterday важное'],
    ['когда:вчера,позавчера', 'occurred:yesterday or occurred:day-2'],
    ['when:past 2 hours', 'occurred>=hour-2'],
    ['when:last week', 'occurred:last-week'],
    ['when:14.03.2025', 'occurred:2025-03-14'],
    ['occurred:2025-03-01..yesterday', 'occurred:2025-03-01..yesterday'],
    ['occurred<2025-03-01', 'occurred<=2025-02-28'],
    ['occurred>yesterday', 'occurred>=today'],
    ['occurred<=2025-03-14T10:00:00+03:00', 'occurred<2025-03-14T07:00:00.001Z'],
    ['без:заказа', 'no:project'],
    ['есть:срок', 'has:due'],
    ['есть:файлы', 'has:files'],
    ['без:вложений', 'no:files'],
    ['с:файлами', 'has:files'],
    ['-есть:контрагент', 'no:counterparty'],
    ['заказ:p-318', 'project:p-318'],
    ['клиент:c-1 автор:u-1', 'counterparty:c-1 author:u-1'],
    ['module!=mail', '-module:mail'],
    ['модуль=почта', 'module:mail'],
    ['не модуль:почта', '-module:mail'],
    ['модуль:финансы кроме тип:возврат', 'module:finance -type:payment.refunded'],
    ['модуль:почта или модуль:звонки и важное', 'module:mail or (module:calls важное)'],
    ['панель и окно', 'панель окно'],
    ['текст:"П-44"', '"П-44"'],
    ['в 10:42 звонок', '"в 10:42 звонок"'],
    ['панель - окно', 'панель окно'],
    ['((панель))', 'панель'],
    ['*', ''],
    ['  ', ''],
    ['-(module:mail or module:calls)', '-(module:mail or module:calls)'],
  ])('reads %s', (text, canonical) => {
    expect(parseText(text)).toEqual(parseText(canonical));
    expect(toText(parseText(text))).toBe(canonical.replaceAll('"П-44"', 'П-44'));
  });

  it.each([
    ['modul:mail', 0, 5, 'unknown-field', 'module'],
    ['важное client.phone:1', 7, 12, 'unknown-field', 'module'],
    ['visibility:department', 0, 10, 'field-not-filterable', 'module'],
    ['audience:u-1', 0, 8, 'field-not-filterable', 'project'],
    ['module:mial', 7, 4, 'unknown-value', 'mail'],
    ['module:mail,', 12, 0, 'expected-value', 'finance'],
    ['module: ', 8, 0, 'expected-value', 'finance'],
    ['project:""', 8, 0, 'expected-value', null],
    ['when:someday', 5, 7, 'unknown-time', 'today'],
    ['when:2025-02-30', 5, 10, 'unknown-time', 'today'],
    ['module>mail', 6, 1, 'not-comparable', ':'],
    ['has:module', 4, 6, 'unknown-field', 'project'],
    ['панель "окно', 7, 5, 'unclosed-quote', '"'],
    ['панель «окно', 7, 5, 'unclosed-quote', '»'],
    ['(панель', 0, 7, 'unclosed-parenthesis', ')'],
    ['панель)', 6, 1, 'unexpected', null],
    ['<b>', 0, 1, 'unexpected', null],
    ['module:mail or', 14, 0, 'expected-clause', null],
    ['or module:mail', 0, 2, 'expected-clause', null],
    ['не', 2, 0, 'expected-clause', null],
    ['()', 1, 1, 'unexpected', null],
    ['-'.repeat(3) + '('.repeat(60), 51, 1, 'too-deep', null],
  ])('refuses %s', (text, position, length, reason, expected) => {
    const error = failure(text);
    expect({ position: error.position, length: error.length, reason: error.reason }).toEqual({
      position,
      length,
      reason,
    });
    if (expected) expect(error.expected).toContain(expected);
  });

  it('refuses a filter that is larger than filters may be', () => {
    const clauses = Array.from({ length: 21 }, (_, i) => `-слово${i}`).join(' ');
    expect(failure(clauses)).toMatchObject({
      reason: 'too-many-clauses',
      position: 0,
      length: clauses.length,
    });
    expect(failure('x'.repeat(201))).toMatchObject({ reason: 'too-long' });
    expect(failure('x'.repeat(100_001))).toMatchObject({ reason: 'too-long', position: 100_000, length: 1 });
  });

  it('answers any text with a filter or a parse error inside of it', () => {
    const piece = fc.constantFrom(
      ...'()"«»:,<>=-! \\*'.split(''),
      'module',
      'срок',
      'важность',
      'когда',
      'and',
      'или',
      'не',
      'has',
      'today',
      '..',
      'mail',
      'за',
      'неделю',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(piece, { maxLength: 20 }).map((list) => list.join('')),
        ),
        (text) => {
          try {
            expect(parseText(toText(parseText(text)))).toEqual(parseText(text));
          } catch (error) {
            if (!(error instanceof FilterParseError)) throw error;
            expect(error.position).toBeGreaterThanOrEqual(0);
            expect(error.position + error.length).toBeLessThanOrEqual(text.length);
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

function failure(text: string): FilterParseError {
  try {
    parseText(text);
  } catch (error) {
    if (error instanceof FilterParseError) return error;
    throw error;
  }
  throw new Error(`${text} was parsed`);
}
