import { EVENT_TYPES, isMachineType } from '../contracts/modules.ts';
import './catalogue.ts';
import { awaitedIn, freeFields, titleIn, whatIn } from './machine-title.ts';

describe(awaitedIn, () => {
  it('quotes each type as the language does', () => {
    const awaits = ['call.out', 'contract.signed'] as const;
    expect(awaitedIn('ru', awaits)).toBe('Не последовало «Исходящий звонок», «Договор подписан»');
    expect(awaitedIn('en', awaits)).toBe('Not followed by “Outgoing call”, “Contract signed”');
    expect(awaitedIn('ru', [])).toBeNull();
  });
});

describe(titleIn, () => {
  const deadline = {
    type: 'deadline.overdue' as const,
    title: 'Замер: срок прошёл 03.12.2026',
    payload: { milestone: 'measure', startOn: '2026-12-03' },
  };
  const silent = {
    type: 'module.silent' as const,
    title: 'Молчит модуль «Цех»',
    payload: { fields: { module: 'production', since: '2026-11-27T08:00:00.000Z' } },
  };

  it('says what a machine has said in the language of the reader', () => {
    expect(titleIn('en', deadline)).toMatch(/^.?Measure.*03\/12\/2026/);
    expect(titleIn('ru', deadline)).toMatch(/^.?Замер.*срок прошёл.*03\.12\.2026/);
    expect(titleIn('en', silent)).not.toMatch(/[а-я]/i);
  });

  it('has words of its own for everything that machines say', () => {
    const fields = { ...silent.payload.fields, kind: 'payment.prepaid' };
    const shift = { giver: 'Анна', taker: 'none', rows: 1, accepted: 0, state: 'given' };
    const payload = { ...deadline.payload, ...shift, fields, wrong: 'debt' };
    for (const type of EVENT_TYPES.filter(isMachineType))
      expect([type, titleIn('en', { type, title: 'как записано', payload })]).not.toEqual([
        type,
        'как записано',
      ]);
  });

  it('names the day of a deadline by its date, and as today or past only to who says what day it is', () => {
    const of = (type: 'deadline.approaching' | 'deadline.due' | 'deadline.overdue', ...day: string[]) =>
      (['ru', 'en'] as const).map((locale) => titleIn(locale, { ...deadline, type }, ...day));
    const [plain, today, past] = [
      ['Замер: срок 03.12.2026', 'Measurement: due 03/12/2026'],
      ['Замер: срок сегодня, 03.12.2026', 'Measurement: due today, 03/12/2026'],
      ['Замер: срок прошёл 03.12.2026', 'Measurement: was due 03/12/2026'],
    ];
    for (const type of ['deadline.approaching', 'deadline.due'] as const) {
      expect(of(type)).toEqual(plain);
      expect(of(type, '2026-12-01')).toEqual(plain);
      expect(of(type, '2026-12-03')).toEqual(today);
      expect(of(type, '2026-12-05')).toEqual(past);
    }
    expect(of('deadline.overdue')).toEqual(past);
    expect(of('deadline.overdue', '2026-12-05')).toEqual(past);
  });

  it('leaves what a person wrote, and what lacks its codes, as it is', () => {
    expect(titleIn('en', { type: 'note.free', title: 'Заметка', payload: deadline.payload })).toBe('Заметка');
    expect(titleIn('en', { ...deadline, payload: { milestone: 'gone', startOn: '2026-12-03' } })).toBe(
      deadline.title,
    );
    expect(titleIn('en', { ...deadline, payload: {} })).toBe(deadline.title);
  });
});

describe(whatIn, () => {
  it.each([
    ['payment.prepaid', 'Предоплата внесена', 'Предоплата внесена'],
    ['payment.prepaid', 'Prepayment made', 'Предоплата внесена'],
    ['payment.prepaid', 'Предоплата внесена — 100 000 ₽', 'Предоплата внесена — 100 000 ₽'],
    ['payment.prepaid', 'Банк подтвердил 70 %', 'Предоплата внесена: Банк подтвердил 70 %'],
    ['note.free', 'Ждём звонка', 'Ждём звонка'],
    ['deadline.due', 'Запуск: срок 27.11.2026', 'Запуск: срок 27.11.2026'],
  ] as const)('says %s «%s» once: «%s»', (type, title, said) => {
    expect(whatIn('ru', { type, title })).toBe(said);
  });
});

describe(freeFields, () => {
  it('shows people what was typed, and nothing that a machine keeps for its title', () => {
    const typed = { type: 'note.free', title: 'Заметка', payload: { fields: { Этаж: 5, Код: '' } } } as const;
    expect(freeFields('ru', typed)).toEqual([['Этаж', 5]]);
    const sent = { type: 'mail.sent', title: '', payload: { fields: { kind: 'items.complete' } } } as const;
    expect(freeFields('ru', sent)).toEqual([]);
    const fields = { name: 'Вера', email: 'vera@firm.example', response: '550 no such mailbox' };
    const dead = { type: 'mail.undeliverable', title: '', payload: { fields } } as const;
    expect(freeFields('ru', dead)).toEqual([['Ответ почтового сервера', '550 no such mailbox']]);
  });
});
