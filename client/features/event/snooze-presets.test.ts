import { snoozePresets } from './snooze-presets.ts';

const viewer = { locale: 'ru', zone: 'Europe/Moscow' } as const;
const from = (at: string) => snoozePresets(Date.parse(at), viewer).map((each) => each.at.toISOString());

describe('moments until which things are put off', () => {
  it('go from an hour to Monday', () => {
    expect(from('2026-11-26T09:00:00Z')).toEqual([
      '2026-11-26T10:00:00.000Z',
      '2026-11-26T14:00:00.000Z',
      '2026-11-27T06:00:00.000Z',
      '2026-11-30T06:00:00.000Z',
    ]);
  });

  it('are each another one, whatever the day and the hour', () => {
    for (let hour = 0; hour < 24 * 7; hour++) {
      const moments = from(new Date(Date.UTC(2026, 10, 23, hour)).toISOString());
      expect(new Set(moments).size).toBe(moments.length);
      expect([...moments].sort()).toEqual(moments);
    }
  });
});
