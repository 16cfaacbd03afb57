import { promisedTime } from './promised-time.ts';

const NOW = Date.parse('2026-11-28T11:00:00Z');
const viewer = { locale: 'ru', zone: 'Europe/Moscow' } as const;

describe(promisedTime.name, () => {
  it.each([
    ['Перезвоним до 15:00', '2026-11-28T12:00:00.000Z'],
    ['Мастер будет к 18 часам', '2026-11-28T15:00:00.000Z'],
    ['Сказала: завтра до 9:30 пришлём расчёт', '2026-11-29T06:30:00.000Z'],
    ['послезавтра до 10 ч позвоним', '2026-11-30T07:00:00.000Z'],
    ['We call back by 3 pm', '2026-11-28T12:00:00.000Z'],
    ['Will send it tomorrow before 11:00', '2026-11-29T08:00:00.000Z'],
  ])('reads the hour of «%s»', (words, at) => {
    expect(promisedTime(words, NOW, viewer)?.toISOString()).toBe(at);
  });

  it.each(['Перезвоним', 'Привезём до 15 декабря', 'до 25:00', 'обещали до 10:00', 'до 5 человек', 'к 7.12'])(
    'takes no hour from «%s»',
    (words) => {
      expect(promisedTime(words, NOW, viewer)).toBeNull();
    },
  );
});
