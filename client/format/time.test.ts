import {
  ago,
  clockTime,
  dayAndTime,
  dayHeading,
  dayOf,
  duration,
  exactTime,
  localInput,
  shortDay,
  span,
} from './time.ts';

const moscow = { locale: 'ru', zone: 'Europe/Moscow' } as const;
const london = { locale: 'en', zone: 'Europe/London' } as const;
const now = Date.parse('2026-03-14T08:00:00Z');

describe('times', () => {
  it('belong to the day of the viewer', () => {
    expect(dayOf('2026-03-13T21:30:00Z', moscow)).toBe('2026-03-14');
    expect(dayOf('2026-03-13T21:30:00Z', london)).toBe('2026-03-13');
    expect(clockTime('2026-03-13T21:30:00Z', moscow)).toBe('00:30');
  });

  it.each([
    ['2026-03-14', 'Сегодня, 14 марта'],
    ['2026-03-13', 'Вчера'],
    ['2026-03-10', 'Вторник, 10 марта'],
    ['2026-02-01', '1 февраля'],
    ['2025-12-31', '31 декабря 2025'],
  ])('head a list as days: %s', (day, heading) => {
    expect(dayHeading(day, now, moscow)).toBe(heading);
  });

  it('head a list in English', () => {
    expect(dayHeading('2026-03-14', now, london)).toBe('Today, 14 March');
    expect(dayHeading('2025-12-31', now, london)).toBe('31 December 2025');
  });

  it('are relative up to half a day, then dates', () => {
    expect(ago('2026-03-14T07:55:00Z', now, moscow)).toBe('5 минут назад');
    expect(ago('2026-03-14T05:00:00Z', now, moscow)).toBe('3 часа назад');
    expect(ago('2026-03-13T15:20:00Z', now, moscow)).toBe('вчера 18:20');
    expect(ago('2026-03-01T15:20:00Z', now, moscow)).toBe('1 мар. 18:20');
  });

  it('name the year only when it is another one', () => {
    expect(shortDay('2026-03-26', '2026-03-14', moscow)).toBe('26 мар.');
    expect(shortDay('2025-03-26', '2026-03-14', moscow)).toBe('26 мар. 2025');
  });

  it('say everything on demand', () => {
    expect(exactTime('2026-03-14T07:42:07Z', moscow)).toBe('14 марта 2026 г. в 10:42:07 МСК');
    expect(exactTime('2026-03-14T07:42:07Z', { locale: 'ru', zone: 'Asia/Omsk' })).toMatch(
      /13:42:07 МСК\+3$/,
    );
    expect(exactTime('2026-03-14T07:42:07Z', { locale: 'ru', zone: 'Europe/Kaliningrad' })).toMatch(/МСК−1$/);
    expect(exactTime('2026-03-14T07:42:07Z', { locale: 'ru', zone: 'Asia/Kolkata' })).toMatch(/GMT\+5:30$/);
    expect(exactTime('2026-03-14T07:42:07Z', { ...moscow, locale: 'en' })).toMatch(/10:42:07 MSK$/);
  });

  it('are written in one way, wherever they stand', () => {
    expect(clockTime('2026-03-14T06:05:00Z', moscow)).toBe('09:05');
    expect(dayAndTime('2026-03-14T06:05:00Z', now, moscow)).toBe('сегодня 09:05');
    expect(dayAndTime('2026-03-14T06:05:00Z', now, { ...moscow, locale: 'en' })).toBe('today 09:05');
  });

  it('have lengths in one unit', () => {
    const plain = (ms: number) => span(ms, moscow).replace(/\s/g, ' ');
    expect(plain(20_000)).toBe('1 мин');
    expect(plain(40 * 60_000)).toBe('40 мин');
    expect(plain(3 * 3_600_000 + 1)).toBe('3 ч');
    expect(plain(50 * 3_600_000)).toBe('2 дня');
    expect(duration(214_000)).toBe('3:34');
    expect(duration(3_725_000)).toBe('1:02:05');
  });

  it('fill a field in the zone of the viewer', () => {
    expect(localInput('2026-03-14T07:42:07Z', moscow)).toBe('2026-03-14T10:42');
  });
});
