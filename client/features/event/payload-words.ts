import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { EventType } from '@svodka/shared/contracts/modules';
import { type Opening, PAYLOAD_FIELDS, type PayloadField } from '@svodka/shared/contracts/payload';
import { freeFields } from '@svodka/shared/messages/machine-title';
import { formatPhone } from '../../format/phone.ts';
import { duration } from '../../format/time.ts';
import { crews } from '../../state/crews.svelte.ts';
import { i18n, label } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { dayWords, moneyWords, numberWords } from '../../state/sayings.ts';

function valueText(field: PayloadField, value: unknown): string {
  if (field.kind === 'choice') return label(`payload.${field.name}.${value}`, String(value));
  if (typeof value === 'number') {
    if (field.kind === 'money') return moneyWords(value);
    if (field.kind === 'duration') return duration(value);
    return numberWords(value);
  }
  if (field.kind === 'crew') return crews.nameOf(String(value));
  if (field.kind === 'person') return refs.user(String(value))?.name ?? '…';
  if (field.kind === 'phone') return formatPhone(String(value));
  if (field.kind === 'date') return dayWords(String(value));
  return String(value);
}

/** One detail as a person reads it, wherever it stands; openings by their number and sizes. */
export function payloadText(type: EventType | undefined, name: string, value: unknown): string {
  if (name === 'openings' && Array.isArray(value)) {
    const sizes = ({ no, widthMm, heightMm }: Opening) =>
      `${no}: ${[...new Set(widthMm)].join('/')}×${[...new Set(heightMm)].join('/')}`;
    return (value as Opening[]).map(sizes).join(', ');
  }
  const field = type && PAYLOAD_FIELDS[type]?.find((each) => each.name === name);
  return field ? valueText(field, value) : String(value);
}

/** The typed fields of the payload, then the free ones, as a person reads them. Openings have a table of their own. */
export function payloadLines(
  event: Pick<SvodkaEvent, 'type' | 'title' | 'payload'>,
): { label: string; value: string }[] {
  const typed = (PAYLOAD_FIELDS[event.type] ?? [])
    .filter(
      ({ name, kind }) =>
        kind !== 'openings' && event.payload[name] !== undefined && event.payload[name] !== '',
    )
    .map((field) => ({
      label: label(`payload.${field.name}`),
      value: valueText(field, event.payload[field.name]),
    }));
  const free = freeFields(i18n.locale, event).map(([name, value]) => ({
    label: name,
    value: typeof value === 'number' ? numberWords(value) : String(value),
  }));
  return [...typed, ...free];
}
