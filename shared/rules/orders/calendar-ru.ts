/** What of a year differs from Monday to Friday, days as `MM-DD`. */
export type CalendarYear = {
  /** Mondays to Fridays on which nobody works. */
  off: readonly string[];
  /** Saturdays and Sundays on which people work. */
  working: readonly string[];
  /** Working days that end an hour earlier. */
  short: readonly string[];
};

const january = ['01-01', '01-02', '01-03', '01-04', '01-05', '01-06', '01-07', '01-08'];

/** The working calendar of Russia, by the government's yearly decree. A year is added here when it is published. */
export const CALENDAR_RU: Readonly<Record<number, CalendarYear>> = {
  2024: {
    off: [
      ...january,
      '02-23',
      '03-08',
      '04-29',
      '04-30',
      '05-01',
      '05-09',
      '05-10',
      '06-12',
      '11-04',
      '12-30',
      '12-31',
    ],
    working: ['04-27', '11-02', '12-28'],
    short: ['02-22', '03-07', '05-08', '06-11', '11-02'],
  },
  2025: {
    off: [...january, '05-01', '05-02', '05-08', '05-09', '06-12', '06-13', '11-03', '11-04', '12-31'],
    working: ['11-01'],
    short: ['03-07', '04-30', '06-11', '11-01'],
  },
  2026: {
    off: [...january, '01-09', '02-23', '03-09', '05-01', '05-11', '06-12', '11-04', '12-31'],
    working: [],
    short: ['04-30', '05-08', '06-11', '11-03'],
  },
};

/**
 * A year that nobody has published yet: the holidays that the Labour Code fixes (article 112). Which days off are moved
 * where is known with the decree only.
 */
const BY_LAW: CalendarYear = {
  off: [...january, '02-23', '03-08', '05-01', '05-09', '06-12', '11-04'],
  working: [],
  short: [],
};

/** A year before anybody sets it: as it was published, else what the law fixes of it. */
export const publishedYear = (year: number): CalendarYear => CALENDAR_RU[year] ?? BY_LAW;
