import { isLongerThan, workingMinutesOf } from './working-time.ts';

const moscow = 'Europe/Moscow';
const longer = (minutes: number, from: string, to: string) =>
  isLongerThan(minutes, new Date(`${from}:00+03:00`), new Date(`${to}:00+03:00`), moscow);

describe(isLongerThan, () => {
  it.each([
    ['in the day', 30, '2026-03-17T10:00', '2026-03-17T10:31', true],
    ['not yet', 30, '2026-03-17T10:00', '2026-03-17T10:30', false],
    ['over a night', 30, '2026-03-17T19:50', '2026-03-18T08:15', false],
    ['in the morning after', 30, '2026-03-17T19:50', '2026-03-18T08:21', true],
    ['over a weekend', 60, '2026-03-13T19:30', '2026-03-16T08:30', false],
    ['on a holiday', 5, '2026-01-01T10:00', '2026-01-02T18:00', false],
    ['before work', 5, '2026-03-17T02:00', '2026-03-17T08:05', false],
    ['a day, in working hours', workingMinutesOf(1440), '2026-03-16T12:00', '2026-03-17T12:00', false],
    ['more than a day', workingMinutesOf(1440), '2026-03-16T12:00', '2026-03-17T12:01', true],
    ['three days', workingMinutesOf(4320), '2026-03-13T12:00', '2026-03-18T12:00', false],
    ['backwards', 0, '2026-03-17T10:00', '2026-03-17T09:00', false],
  ] as const)('%s', (_, minutes, from, to, is) => expect(longer(minutes, from, to)).toBe(is));
});
