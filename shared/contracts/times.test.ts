// Every way by which a time comes in, and the years that it may have: `FIRST_YEAR` to `LAST_YEAR`.
import type { z } from 'zod';
import { FilterSchema } from '../filter/schema.ts';
import { FilterParseError, parseText } from '../filter/text.ts';
import { CalendarDateSchema, InstantSchema, WallTimeSchema } from './common.ts';
import { EventCreateSchema, EventEditSchema } from './event.ts';
import { reasonsFrom } from './issues.ts';
import { EVENT_TYPES, type EventType } from './modules.ts';
import { PAYLOAD_FIELDS } from './payload.ts';

const OUTSIDE = ['0000', '0001', '0026', '0202', '0999', '1030', '1989', '2101', '9999'];
const INSIDE = ['1990', '2026', '2100'];

const reasonsOf = (schema: z.ZodType, input: unknown) =>
  reasonsFrom(schema.safeParse(input).error?.issues ?? []).map(({ field, reason }) => `${field} ${reason}`);

const create = (fields: object) => [EventCreateSchema, { type: 'note.free', title: 'x', ...fields }] as const;
const dated = EVENT_TYPES.flatMap((type) =>
  (PAYLOAD_FIELDS[type] ?? []).filter(({ kind }) => kind === 'date').map(({ name }) => [type, name] as const),
);
const payload = (type: EventType, name: string, year: string) =>
  create({ type, payload: { [name]: `${year}-06-15` } });

const WAYS: [string, string, (year: string) => readonly [z.ZodType, unknown]][] = [
  ['an instant', '', (year) => [InstantSchema, `${year}-06-15T10:00:00Z`]],
  ['a date', '', (year) => [CalendarDateSchema, `${year}-06-15`]],
  ['wall time', '', (year) => [WallTimeSchema, `${year}-06-15T10:00`]],
  ['a new event', 'occurredAt', (year) => create({ occurredAt: `${year}-06-15T10:00:00+03:00` })],
  ['a deadline by the hour', 'due.local', (year) => create({ due: { local: `${year}-06-15T10:00` } })],
  ['a deadline by the day', 'due.local', (year) => create({ due: { local: `${year}-06-15` } })],
  ['a deadline of a script', 'due.at', (year) => create({ due: { at: `${year}-06-15T10:00:00Z` } })],
  ['an edit', 'occurredAt', (year) => [EventEditSchema, { occurredAt: `${year}-06-15T10:00:00Z` }]],
  ['an edited deadline', 'due.local', (year) => [EventEditSchema, { due: { local: `${year}-06-15` } }]],
  ['a filter by date', 'from', (year) => [FilterSchema, { field: 'occurred', from: `${year}-06-15` }]],
  ['a filter by instant', 'to', (year) => [FilterSchema, { field: 'dueAt', to: `${year}-06-15T10:00:00Z` }]],
  ...dated.map(
    ([type, name]) =>
      [`${type}.${name}`, `payload.${name}`, (year: string) => payload(type, name, year)] as (typeof WAYS)[0],
  ),
];

describe('the year of a time', () => {
  it.each(WAYS)('is looked at in %s', (_name, field, input) => {
    for (const year of INSIDE) expect([year, reasonsOf(...input(year))]).toEqual([year, []]);
    for (const year of OUTSIDE) expect([year, reasonsOf(...input(year))]).toEqual([year, [`${field} year`]]);
  });

  it('ends to the millisecond, in UTC', () => {
    expect(reasonsOf(InstantSchema, '1989-12-31T23:59:59.999Z')).toEqual([' year']);
    expect(reasonsOf(InstantSchema, '1990-01-01T00:00:00Z')).toEqual([]);
    expect(reasonsOf(InstantSchema, '2100-12-31T23:59:59.999Z')).toEqual([]);
    expect(reasonsOf(InstantSchema, '2101-01-01T00:00:00Z')).toEqual([' year']);
  });

  it('is not what is wrong with a text that is no time', () => {
    expect(reasonsOf(InstantSchema, 'вчера')).toEqual([' datetime']);
    expect(reasonsOf(CalendarDateSchema, '2026-02-30')).toEqual([' date']);
  });

  it.each([
    'occurred:0026-12-05',
    'occurred>=05.12.0026',
    'срок:0026-12-05',
    'recorded:2026-01-01..9999-01-01',
  ])('is pointed at in the text of a filter: %s', (text) => {
    let thrown: unknown;
    try {
      parseText(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(FilterParseError);
    const { position, length, reason } = thrown as FilterParseError;
    expect(reason).toBe('year');
    expect(text.slice(position, position + length)).toMatch(/0026|9999/);
  });
});
