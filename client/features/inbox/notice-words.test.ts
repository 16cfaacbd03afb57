import type { NoticeView } from '@svodka/shared/contracts/notice';
import { refs } from '../../state/refs.svelte.ts';
import { testEvent } from '../../testing/events.ts';
import { putOffWords, wordsOf } from './notice-words.ts';

const PROJECT = '01890000-0000-7000-8000-0000000000d1';
const ILYA = '01890000-0000-7000-8000-0000000000d2';

const notice = (more: Partial<NoticeView>): NoticeView => ({
  id: '01890000-0000-7000-8000-0000000000d3',
  userId: ILYA,
  eventId: 'e',
  reason: 'occurred',
  role: 'manager',
  commentId: null,
  at: new Date(Date.now() + 86_400_000).toISOString(),
  createdAt: '2026-03-14T06:00:00.000Z',
  seenAt: null,
  ruleIds: [],
  awaits: [],
  snooze: null,
  version: 1,
  event: testEvent('e', 0, { title: 'Предоплата 70 %', type: 'payment.prepaid', projectId: PROJECT }),
  comment: null,
  ...more,
});

describe(wordsOf.name, () => {
  beforeAll(() => {
    refs.add({
      projects: [{ id: PROJECT, number: '318', objectAddress: '', counterpartyId: null }],
      counterparties: [],
      users: [{ id: ILYA, name: 'Илья Лебедев', disabled: false }],
    });
  });
  const plain = (text: string) => text.replace(/\u00a0/g, ' ');

  it('names what has happened, on which order', () => {
    const { why, what } = wordsOf(notice({}));
    expect(why).toBe('Предоплата внесена');
    expect(plain(what)).toBe('№ 318 · Предоплата 70 %');
  });

  it('does not say the same twice', () => {
    const event = testEvent('e', 0, { title: 'Предоплата внесена', type: 'payment.prepaid' });
    expect(wordsOf(notice({ event })).what).toBe('');
  });

  it('does not name a customer whom the title names', () => {
    const PARTY = '01890000-0000-7000-8000-0000000000d9';
    refs.add({
      projects: [],
      users: [],
      counterparties: [{ id: PARTY, number: 'C-0038', name: 'Зимин Л. М.', kind: 'person' }],
    });
    const of = (title: string) => {
      const event = testEvent('e', 0, { title, type: 'call.missed', counterpartyIds: [PARTY] });
      return wordsOf(notice({ reason: 'absent', event })).what;
    };
    expect(of('Пропущенный звонок: Зимин Л. М.')).toBe('Пропущенный звонок: Зимин Л. М.');
    expect(of('Пропущенный звонок')).toBe('Пропущенный звонок · Зимин Л. М.');
  });

  it('says what did not follow', () => {
    const awaits = ['contract.signed', 'production.launched'] as const;
    expect(wordsOf(notice({ reason: 'absent', awaits: [...awaits] })).why).toBe(
      'Не последовало «Договор подписан», «Запуск в производство»',
    );
    expect(wordsOf(notice({ reason: 'absent' })).why).toBe('Нет продолжения');
  });

  it('says when a deadline is', () => {
    expect(wordsOf(notice({ reason: 'approaching' })).why).toMatch(/^Срок приближается: завтра \d+:\d\d$/);
    const past = new Date(Date.now() - 86_400_000).toISOString();
    expect(wordsOf(notice({ reason: 'overdue', at: past })).why).toMatch(/^Срок просрочен: вчера /);
  });

  it('names a whole day without an hour', () => {
    const event = testEvent('e', 0, { dueAllDay: true, dueLocal: '2019-03-26' });
    expect(wordsOf(notice({ reason: 'due', event })).why).toBe('Срок наступил: 26 мар. 2019');
  });

  it('quotes who mentions', () => {
    const { why, what } = wordsOf(
      notice({ reason: 'mention', comment: { authorId: ILYA, body: 'берём\nменьшую?' } }),
    );
    expect(why).toBe('Илья Лебедев упоминает вас');
    expect(plain(what)).toBe('берём меньшую? · № 318 · Предоплата 70 %');
  });

  it('says so when the event is out of reach', () => {
    expect(wordsOf(notice({ event: null }))).toMatchObject({
      why: 'Событие удалено или больше вам не видно',
      what: '',
    });
  });
});

describe(putOffWords.name, () => {
  it('says until when, or for what, a notice is put off', () => {
    const until = new Date(Date.now() + 3 * 86_400_000).toISOString();
    expect(putOffWords(notice({ snooze: { until, type: null } }))).toMatch(/^Отложено до .*\d/);
    expect(putOffWords(notice({ snooze: { until: null, type: 'items.complete' } }))).toBe(
      'Отложено, пока не придёт «Заказ укомплектован»',
    );
    expect(putOffWords(notice({}))).toBe('');
  });
});
