import { z } from 'zod';

/** How the bytes of a table are letters. */
export const ENCODINGS = ['utf-8', 'windows-1251', 'ibm866', 'utf-16le', 'utf-16be'] as const;
export type Encoding = (typeof ENCODINGS)[number];
export const DELIMITERS = [';', ',', '\t', '|'] as const;
export const QUOTES = ['"', "'", ''] as const;

/** How a file is read as a table: proposed by what is in it, changed by whoever knows better. */
export const DialectSchema = z.strictObject({
  encoding: z.enum(ENCODINGS),
  delimiter: z.enum(DELIMITERS),
  /** What encloses a cell that holds separators; empty: nothing does. */
  quote: z.enum(QUOTES),
  /** Line of the names of the columns; those before it are a title. 0: there is none. */
  header: z.number().int().min(0).max(1000),
  /** Of a workbook, which one; of a text always 0. */
  sheet: z.number().int().min(0).max(1000),
  /** Whether rows that say «Итого» are rows like others. */
  totals: z.boolean(),
});
export type Dialect = z.infer<typeof DialectSchema>;

/** What the file alone does not tell for certain. */
export const DOUBTS = ['encoding', 'delimiter', 'header', 'day-month', 'totals'] as const;
export type Doubt = (typeof DOUBTS)[number];

/** Files that are no tables, as far as they are known by their first bytes. */
export const NO_TABLES = [
  'archive',
  'audio',
  'bank',
  'binary',
  'calendar',
  'calls',
  'contacts',
  'image',
  'json',
  'page',
  'pdf',
  'word',
  'xml',
] as const;
export type NoTable = (typeof NO_TABLES)[number];
