import { type LetterFacts, writeLetter } from './letter.ts';

const facts = (over: Partial<LetterFacts> = {}, event: Partial<LetterFacts['event']> = {}): LetterFacts => ({
  locale: 'ru',
  noticeId: '019abc00-0000-7000-8000-000000000002',
  reason: 'occurred',
  role: 'manager',
  event: {
    _id: '019abc00-0000-7000-8000-000000000001',
    type: 'payment.prepaid',
    title: 'Предоплата 70 % — 184 300 ₽',
    importance: 'high',
    occurredAt: new Date('2026-11-24T07:42:00Z'),
    dueAt: null,
    dueAllDay: false,
    dueZone: null,
    ...event,
  },
  project: { number: '318', objectAddress: 'ул. Ленина, 5', tz: 'Europe/Moscow' },
  counterparties: ['Иванов Иван'],
  zone: 'Europe/Moscow',
  today: '2026-11-24',
  baseUrl: 'https://svodka.example',
  ...over,
});

describe(writeLetter.name, () => {
  it('says what happened, where and for whom', () => {
    const { subject, text } = writeLetter(facts());
    expect(subject).toBe('№ 318: предоплата 70 % — 184 300 ₽, Иванов Иван');
    expect(text).toContain('Заказ: № 318, ул. Ленина, 5');
    expect(text).toContain('Контрагент: Иванов Иван');
    expect(text).toContain('Произошло: 24 ноября 2026 г. в 10:42 МСК');
    expect(text).toContain('Важность: Высокая');
    expect(text).toContain(
      'Открыть событие: https://svodka.example/events/019abc00-0000-7000-8000-000000000001',
    );
    expect(text).toContain('ведёте этот заказ');
    expect(text).not.toContain('Срок');
  });

  it('says how to reach the customer who asks', () => {
    const asks = { type: 'customer.request', title: 'Вопрос заказчика: Когда?' } as const;
    const { text } = writeLetter(facts({}, { ...asks, payload: { contact: '8 916 555-01-01' } }));
    expect(text).toContain('Как связаться: 8 916 555-01-01');
    expect(writeLetter(facts({}, asks)).text).not.toContain('Как связаться');
  });

  it('does not say a title twice that is the name of the type', () => {
    const { subject } = writeLetter(facts({}, { title: 'Предоплата внесена' }));
    expect(subject).toBe('№ 318: предоплата внесена, Иванов Иван');
    const machine = {
      type: 'deadline.due',
      payload: { milestone: 'launch', startOn: '2026-11-27' },
    } as const;
    const on = (today: string, locale: 'ru' | 'en' = 'ru') =>
      writeLetter(facts({ today, locale, counterparties: [] }, machine)).subject;
    expect(on('2026-11-27')).toBe('№ 318: запуск: срок сегодня, 27.11.2026');
    // Who enters late what had its day on Friday reads on Sunday that it has passed.
    expect(on('2026-11-29')).toBe('№ 318: запуск: срок прошёл 27.11.2026');
    expect(on('2026-11-29', 'en')).toBe('No. 318: launch: was due 27/11/2026');
    expect(on('2026-11-26')).toBe('№ 318: запуск: срок 27.11.2026');
  });

  it('says what did not follow, and less where a notice is too old to know', () => {
    const event = { title: 'Заявка с сайта' };
    const awaits = ['call.out'] as const;
    expect(writeLetter(facts({ reason: 'absent', awaits }, event)).subject).toBe(
      '№ 318: не последовало «Исходящий звонок»: Заявка с сайта, Иванов Иван',
    );
    expect(writeLetter(facts({ reason: 'absent' }, event)).subject).toBe(
      '№ 318: нет продолжения: Заявка с сайта, Иванов Иван',
    );
  });

  it('states a deadline in the zone of the project', () => {
    const dueAt = new Date('2026-11-25T13:00:00Z');
    const due = { dueAt, dueZone: 'Asia/Yekaterinburg' };
    const { subject, text } = writeLetter(facts({ reason: 'approaching', role: 'appointed' }, due));
    expect(subject).toMatch(/^№ 318: срок приближается: .*, Иванов Иван$/);
    expect(text).toContain('Срок: 25 ноября 2026 г. в 18:00 МСК+2');
    expect(text).toContain('назначены на этот заказ');
    const day = writeLetter(facts({ reason: 'overdue' }, { ...due, dueAllDay: true }));
    expect(day.text).toContain('Срок: 25 ноября 2026 г., до конца дня');
  });

  it('says once that it is a deadline of a milestone, with its day', () => {
    const milestone = {
      type: 'deadline.overdue',
      title: 'Монтаж: срок прошёл 05.12.2026',
      payload: { milestone: 'install', startOn: '2026-12-05' },
    } as const;
    expect(writeLetter(facts({}, milestone)).subject).toBe(
      '№ 318: монтаж: срок прошёл 05.12.2026, Иванов Иван',
    );
    expect(writeLetter(facts({ locale: 'en' }, milestone)).subject).toBe(
      'No. 318: installation: was due 05/12/2026, Иванов Иван',
    );
  });

  it('speaks English to who reads English, with nothing left in Russian but what people wrote', () => {
    const { subject, text } = writeLetter(facts({ locale: 'en', counterparties: [] }, { title: 'Prepaid' }));
    expect(subject).toBe('No. 318: prepayment made: Prepaid');
    expect(text.replace('ул. Ленина, 5', '')).not.toMatch(/[а-яё]/i);
  });

  it('needs no project', () => {
    const { subject } = writeLetter(facts({ project: null, reason: 'mention', role: 'mentioned' }));
    expect(subject).toBe('Вас упомянули в обсуждении: Предоплата 70 % — 184 300 ₽, Иванов Иван');
  });

  it('names the customer once', () => {
    const { subject } = writeLetter(
      facts({}, { type: 'call.missed', title: 'Пропущенный звонок: Иванов Иван' }),
    );
    expect(subject).toBe('№ 318: пропущенный звонок: Иванов Иван');
  });

  it('leads by one click to why it came, and to what else comes', () => {
    const { text, html } = writeLetter(facts());
    const why = 'https://svodka.example/inbox?notice=019abc00-0000-7000-8000-000000000002&event=';
    expect(text).toContain(why);
    expect(html).toContain(`href="${why.replace('&', '&amp;')}`);
    expect(html).toContain('href="https://svodka.example/settings"');
    const digest = writeLetter(facts(), ...Array.from({ length: 45 }, () => facts()));
    expect(digest.html).toMatch(/href="https:\/\/svodka.example\/inbox"[^>]*>И ещё 6</);
  });

  it('shows markup and line breaks in what people wrote as text (security.md 15, 22)', () => {
    const evil = '<img src=x onerror=alert(1)>\r\nBcc: evil@firm.example';
    const { subject, text, html } = writeLetter(facts({ counterparties: [evil] }, { title: evil }));
    expect(subject).not.toMatch(/[\r\n]/);
    expect(text).not.toMatch(/^Bcc:/m);
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x');
  });
});
