import { DateColumn, type DayMonth, momentOf, noDate, readClock, readDateCell, saysNoDate } from './dates.ts';

const read = (text: string, order: DayMonth = 'dmy', numbers: DateColumn['numbers'] = null) => {
  const wall = readDateCell(text, order, numbers);
  return wall && momentOf(wall, 'Europe/Moscow');
};
const column = (...cells: string[]) => {
  const made = new DateColumn();
  for (const cell of cells) made.add(cell);
  return made;
};

describe('a date as offices write it', () => {
  it.each([
    ['2011-10-11 13:45:40.276000+02:00', '2011-10-11T11:45:40.276Z'],
    ['2011-10-11T13:45:40Z', '2011-10-11T13:45:40.000Z'],
    ['2026-03-05 09:00', '2026-03-05T06:00:00.000Z'],
    ['2026-03-05 9:00', '2026-03-05T06:00:00.000Z'],
    ['2026/03/05 09:00', '2026-03-05T06:00:00.000Z'],
    ['05.03.2026, 09:00', '2026-03-05T06:00:00.000Z'],
    ['5.3.26 9:00:15', '2026-03-05T06:00:15.000Z'],
    ['05/03/2026 09:00', '2026-03-05T06:00:00.000Z'],
    ['09:00:00 05.03.2026', '2026-03-05T06:00:00.000Z'],
    ['3/5/2026 2:05 PM', '2026-03-05T11:05:00.000Z'],
    ['03/05/2026 12:05 am', '2026-03-04T21:05:00.000Z'],
    ['07/04/96 00:00:00', '1996-04-06T20:00:00.000Z'],
    ['24/08/17 09:32', '2017-08-24T06:32:00.000Z'],
    ['Thu, 05 Mar 2026 09:00:00 +0300', '2026-03-05T06:00:00.000Z'],
    ['чт, 5 мар. 2026 09:00', '2026-03-05T06:00:00.000Z'],
    ['20260305T090000', '2026-03-05T06:00:00.000Z'],
    ['46086,375', '2026-03-05T06:00:00.000Z'],
    ['5 марта 2026 г. в 14:30', '2026-03-05T11:30:00.000Z'],
    ['5 марта 2026 года, 14:30', '2026-03-05T11:30:00.000Z'],
    ['05.03.2026 в 14:30', '2026-03-05T11:30:00.000Z'],
    ['05.03.2026 14.30', '2026-03-05T11:30:00.000Z'],
    ['05.03.26 в 9.05', '2026-03-05T06:05:00.000Z'],
    ['05.03.2026 24:00', '2026-03-05T21:00:00.000Z'],
    ['2026-03-05 24:00:00', '2026-03-05T21:00:00.000Z'],
    ['05.03.2026 чт 14:30', '2026-03-05T11:30:00.000Z'],
    ['05.03.2026 (четверг) 14:30', '2026-03-05T11:30:00.000Z'],
    ['2026-03-05 14:30:00 MSK', '2026-03-05T11:30:00.000Z'],
    ['05.03.2026 14:30 мск', '2026-03-05T11:30:00.000Z'],
    ['\u200e05.03.\u200e2026 14:30', '2026-03-05T11:30:00.000Z'],
  ])('%s', (text, iso) => {
    expect(read(text)).toEqual({ at: new Date(iso), day: null });
  });

  it.each([
    '5 марта 2026 г.',
    '5 мар 2026',
    '05.03.2026 г.',
    '05.03.2026',
    '05.03.2026 чт',
    '\u200e05.03.2026\u200f',
    '5.3.26',
    '2026-03-05',
    '20260305',
    'March 5, 2026',
    '05-Mar-2026',
    '5 March 2026',
  ])('%s is a day', (text) => {
    expect(read(text)).toEqual({ at: new Date('2026-03-04T21:00:00.000Z'), day: '2026-03-05' });
  });

  it.each([
    '',
    'вчера',
    '1234',
    '2024',
    '1030',
    '46086',
    '31.02.2026',
    '2026-13-01',
    '05.13.2026',
    '2026-W10',
    '2026-03',
    '25:00 05.03.2026',
    '13/13/2026',
    '12 мая',
  ])('%j is none', (text) => {
    expect(read(text)).toBeNull();
  });

  it.each(['31.02.2026', '2026-13-01', '31/02/2026 10:00', '30 февраля 2026'])(
    '%j was meant as one',
    (text) => {
      expect(noDate(text)).toBe('no-such-date');
    },
  );

  it.each([
    '01.01.0001 0:00:00',
    '00.00.0000',
    '0000-00-00',
    '30.12.1899',
    '01.01.1900',
    '1900-01-01 00:00:00',
    '1970-01-01',
    '01.01.1970 03:00:00',
    '-',
    '0',
    'NULL',
    'нет',
    'не указано',
    'Не указан',
    'без срока',
    '\u200e',
  ])('%j says that there is none', (text) => {
    expect(saysNoDate(text)).toBe(true);
  });

  it.each(['05.01.1900', '01.01.1971', 'нет окон', '1970-01-01 14:30'])('%j does not say so', (text) => {
    expect(saysNoDate(text)).toBe(false);
  });

  it('reads a time of day', () => {
    const half = { hour: 14, minute: 30, second: 0, ms: 0 };
    expect([readClock('14.30'), readClock('в 14:30'), readClock('\u200e14:30')]).toEqual([half, half, half]);
    expect([readClock('9:05'), readClock('11:59:30 PM'), readClock('25:00')]).toEqual([
      { hour: 9, minute: 5, second: 0, ms: 0 },
      { hour: 23, minute: 59, second: 30, ms: 0 },
      null,
    ]);
  });
});

describe(DateColumn.name, () => {
  it('finds out which comes first, and says when nothing tells', () => {
    expect(column('05/03/2026', '24/08/2017').order).toBe('dmy');
    expect(column('05/03/2026', '08/24/2017').order).toBe('mdy');
    expect(column('05/03/2026', '06/04/2026').order).toBe('open');
    expect(column('13/03/2026', '03/13/2026').order).toBe('open');
    // With points it is the day, and equal figures tell nothing but matter neither.
    expect(column('05.03.2026', '05/05/2026').order).toBeNull();
    expect(column('05/03/2026', '3/15/2026 2:05 PM').order).toBe('open');
  });

  it('takes numbers for days or seconds only if all of them are', () => {
    expect(column('46086', '46087,5', '').numbers).toBe('serial');
    expect(column('46086', '12').numbers).toBeNull();
    expect(column('1732700000', '1732700042').numbers).toBe('stamp');
    expect(read('46086', 'dmy', 'serial')?.day).toBe('2026-03-05');
    expect(read('1732700000', 'dmy', 'stamp')?.at.toISOString()).toBe('2024-11-27T09:33:20.000Z');
  });

  it('is a column of dates by its values', () => {
    expect(column('05.03.2026', '', '01.01.0001', '5 мая 2026').isDate).toBe(true);
    expect(column('да', 'потом', '05.03.2026').isDate).toBe(false);
  });
});
