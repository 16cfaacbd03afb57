import type { Delivery } from '@svodka/shared/contracts/notice';
import { outcomeWords, reasonOf, stateOf } from './mail-words.ts';

const delivery = (state: Delivery['state'], reason: string | null): Delivery => ({
  id: 'd',
  channel: 'mail',
  noticeId: 'n',
  userId: 'u',
  customer: null,
  to: '',
  subject: 'Срок прошёл',
  text: '',
  state,
  reason,
  attempts: [],
  messageId: 'm',
  createdAt: '2026-11-29T09:00:00.000Z',
  nextAttemptAt: null,
  sentAt: null,
  intoId: null,
});

describe(outcomeWords, () => {
  it('says in words that no mail server answers, with what the machine said', () => {
    expect(outcomeWords('connect ECONNREFUSED 127.0.0.1:2525')).toBe(
      'почтовый сервер не отвечает (connect ECONNREFUSED 127.0.0.1:2525)',
    );
    expect(outcomeWords('getaddrinfo ENOTFOUND mail.firm')).toMatch(/^почтового сервера с таким именем нет/);
    expect(outcomeWords('550 no such user')).toBe('550 no such user');
  });
});

describe(stateOf, () => {
  it('says of what nobody could be sent to that there is no address, and not that nobody needed it', () => {
    const one = delivery('cancelled', 'no-email');
    expect(stateOf(one)).toBe('Нет адреса');
    expect(reasonOf(one)).toBe('у сотрудника нет адреса');
  });

  it('says of all that was not tried no more than that; why stands beside it', () => {
    for (const reason of ['seen', 'no-access', 'no-consent', 'dead-email'])
      expect(stateOf(delivery('cancelled', reason))).toBe('Не отправлялось');
    expect(stateOf(delivery('failed', '550'))).toBe('Не ушло');
  });
});
