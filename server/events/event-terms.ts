import { IdSchema } from '@svodka/shared/contracts/id';
import type { EventType } from '@svodka/shared/contracts/modules';
import {
  type Opening,
  PAYLOAD_FIELDS,
  type Payload,
  type PayloadField,
} from '@svodka/shared/contracts/payload';
import { kept, moneyTerms, phoneTerms, termsOfText } from '@svodka/shared/filter/terms';
import type { CounterpartyDoc } from '../counterparties/counterparty.schema.ts';
import { callTerms } from '../counterparties/counterparty-terms.ts';
import type { PlainProject } from '../orders/projects/project.schema.ts';
import type { EventDoc } from './event.schema.ts';

/** What an event takes from its project and counterparties; of merged ones also what they stand for. */
export type Surroundings = { project: PlainProject | null; counterparties: CounterpartyDoc[] };

type Worded = Pick<EventDoc, 'type' | 'title' | 'body' | 'payload' | 'attachments'> & {
  commentTerms?: string[];
};

/**
 * Under which words an event is found: its own and the names of its files, those of its order with the customer and the address, of its
 * counterparties, and of what was said about it. The longest texts come last, so that they push nothing out.
 */
export function termsOfEvent(event: Worded, { project, counterparties }: Surroundings): string[] {
  return kept([
    ...termsOfText(event.title),
    ...(project?.terms ?? []),
    ...counterparties.flatMap(callTerms),
    ...payloadTerms(event.type, event.payload),
    ...(event.attachments ?? []).flatMap(({ name }) => termsOfText(name)),
    ...termsOfText(event.body),
    ...(event.commentTerms ?? []),
  ]);
}

/** The typed fields, and the free ones of imports: what they hold, not what they are called. */
function payloadTerms(type: EventType, payload: Payload): string[] {
  const values = payload as Record<string, unknown>;
  const typed = (PAYLOAD_FIELDS[type] ?? []).flatMap(({ name, kind }) => fieldTerms(kind, values[name]));
  const free = Object.values((values.fields ?? {}) as Record<string, unknown>);
  return [...typed, ...free.flatMap((value) => termsOfText(dayOf(String(value ?? ''))))];
}

/** A moment as a program writes it: «2011-10-20 01:06:40.020000+02:00». */
const MOMENT = /^\s*(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?\s*(?:Z|[+-]\d\d:?\d\d)?\s*$/;

/** Of such a moment only the day is looked for; the rest would be half of all words of an imported log. */
const dayOf = (value: string): string => MOMENT.exec(value)?.[1] ?? value;

function fieldTerms(kind: PayloadField['kind'], value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (kind === 'money') return moneyTerms(value as number);
  if (kind === 'phone') return phoneTerms(value as string);
  // A crew that is named by its id is found by the title, which says its name.
  if (kind === 'crew' && IdSchema.safeParse(value).success) return [];
  if (kind === 'line' || kind === 'text' || kind === 'crew') return termsOfText(value as string);
  if (kind !== 'openings') return [];
  return (value as Opening[]).flatMap(({ room, note }) => termsOfText(`${room ?? ''} ${note ?? ''}`));
}
