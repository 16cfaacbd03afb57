import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { EventType } from '@svodka/shared/contracts/modules';
import { type Opening, PAYLOAD_FIELDS, type PayloadField } from '@svodka/shared/contracts/payload';
import { freeFields } from '@svodka/shared/messages/machine-title';
import { formatMoney, formatNumber } from '../../format/number.ts';
import { formatPhone } from '../../format/phone.ts';
import { dayOf, duration, shortDay } from '../../format/time.ts';
import { clock } from '../../state/clock.svelte.ts';
import { crews } from '../../state/crews.svelte.ts';
import { i18n, label } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';

function valueText(field: PayloadField, value: unknown): string {
  const { locale, zone } = i18n.viewer;
  if (field.kind === 'choice') return label(`payload.${field.name}.${value}`, String(value));
  if (typeof value === 'number') {
    if (field.kind === 'money') return formatMoney(value, locale);
    if (field.kind === 'duration') return duration(value);
    return formatNumber(value, locale);
  }
  if (field.kind === 'crew') return crews.nameOf(String(value));
  if (field.kind === 'person') return refs.user(String(value))?.name ?? '…';
  if (field.kind === 'phone') return formatPhone(String(value));
  if (field.kind === 'date') return shortDay(String(value), dayOf(clock.now, { locale, zone }), i18n.viewer);
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
    value: typeof value === 'number' ? formatNumber(value, i18n.locale) : String(value),
  }));
  return [...typed, ...free];
}
