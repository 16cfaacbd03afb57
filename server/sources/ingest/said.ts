import { AppError } from '@svodka/shared/contracts/errors';
import { type IngestEvent, IngestEventSchema } from '@svodka/shared/contracts/ingest';
import { EVENT_TYPES } from '@svodka/shared/contracts/modules';
import type { ModuleTokenDoc } from '../../accounts/module-token.schema.ts';
import { isDeskKey } from '../../events/desk-keys.ts';
import { hashOfBody } from '../../events/event-fields.ts';
import { contractError, refused } from '../../platform/errors/contract-error.ts';
import { refuseUnfit } from '../../platform/http/contract.pipe.ts';
import { columnOf, type RawLine } from './lines.ts';

/** Clocks differ; plans have a deadline instead of a future time. */
const AHEAD_MS = 5 * 60_000;
const HASH_LENGTH = 12;

const fault = (reason: string, column?: number) =>
  new AppError('validation', reason, [{ field: '', reason, ...(column !== undefined && { column }) }]);

/** The JSON of a line. @throws AppError `validation` with the column */
export function parseLine({ raw, fault: bad }: RawLine): unknown {
  if (bad) throw fault(bad.reason, bad.column);
  try {
    return JSON.parse(raw);
  } catch (error) {
    throw fault('json-line', columnOf(error, raw));
  }
}

/**
 * One event as the token may say it.
 * @throws AppError `validation`, `forbidden` for a type that is not the token's
 */
export function readEvent(value: unknown, token: ModuleTokenDoc, now: Date): IngestEvent {
  refuseUnfit(value);
  const type = (value as { type?: unknown } | null)?.type;
  // Before all else: what is not the token's to say need not be said right.
  if (EVENT_TYPES.some((known) => known === type) && !token.types.some((own) => own === type))
    throw new AppError('forbidden', '#token-scope', [{ field: 'type', reason: 'out-of-scope' }]);
  const parsed = IngestEventSchema.safeParse(value);
  if (!parsed.success) throw contractError(parsed.error.issues);
  const event = parsed.data;
  if (isDeskKey(token.module, event.externalId)) throw refused('externalId', 'desk-key');
  if (event.occurredAt && new Date(event.occurredAt).getTime() > now.getTime() + AHEAD_MS)
    throw refused('occurredAt', 'in-future');
  return event;
}

/** The external id of what cannot be read as a whole; null: it has none. */
export function externalIdIn(value: unknown): string | null {
  const id = (value as { externalId?: unknown } | null)?.externalId;
  return typeof id === 'string' && id.length <= 200 ? id : null;
}

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/** A hash of each thing that the event says; what it does not say has none. */
export function hashesOf({
  externalId: _,
  type: __,
  ...said
}: Record<string, unknown>): Record<string, string> {
  const entries = Object.entries(said).filter(([, value]) => !isNothing(value));
  return Object.fromEntries(
    entries.map(([field, value]) => [field, hashOfBody(value).slice(0, HASH_LENGTH)]),
  );
}
