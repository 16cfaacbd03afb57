import { z } from 'zod';

const FIRST_YEAR = 2000;
const LAST_YEAR = 2100;

/** `03-08`; a day that the year has. */
const DayInYearSchema = z.string().regex(/^(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, { error: 'date' });
const daysOf = z.array(DayInYearSchema).max(366);

/** What of a year differs from Monday to Friday: days off, weekends on which people work, and shorter days. */
const YearDaysSchema = z.strictObject({ off: daysOf, working: daysOf, short: daysOf });
export type YearDays = z.infer<typeof YearDaysSchema>;

const WorkingYearSchema = YearDaysSchema.extend({
  year: z.number().int(),
  /** False: as it was published. */
  isOwn: z.boolean(),
  /** Of what the company has set; 0: nothing yet. */
  version: z.number().int(),
});
export type WorkingYear = z.infer<typeof WorkingYearSchema>;

/** The working calendar. Of a year that is not there only the holidays that the law fixes are counted. */
export const WorkingDaysSchema = z.strictObject({ years: z.array(WorkingYearSchema) });
export type WorkingDays = z.infer<typeof WorkingDaysSchema>;

/** Sets the days of a year; `days` null: back to what was published. */
export const WorkingDaysEditSchema = z
  .strictObject({
    year: z.number().int().min(FIRST_YEAR).max(LAST_YEAR),
    /** What the editor saw. */
    version: z.number().int().min(0),
    days: YearDaysSchema.nullable(),
  })
  .superRefine(({ year, days }, context) => {
    for (const kind of ['off', 'working', 'short'] as const)
      for (const [i, day] of (days?.[kind] ?? []).entries())
        if (Number.isNaN(Date.parse(`${year}-${day}`)) || !isDayOf(year, day))
          context.addIssue({ code: 'custom', message: 'date', path: ['days', kind, i] });
  });
export type WorkingDaysEdit = z.infer<typeof WorkingDaysEditSchema>;

const isDayOf = (year: number, day: string): boolean =>
  new Date(`${year}-${day}T00:00:00Z`).toISOString().slice(5, 10) === day;
