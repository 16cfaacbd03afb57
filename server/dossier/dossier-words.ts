import type { Locale } from '@svodka/shared/contracts/common';
import { type Opening, PAYLOAD_FIELDS, type PayloadField } from '@svodka/shared/contracts/payload';
import {
  isMessageKey,
  type MessageKey,
  type MessageParams,
  translate,
} from '@svodka/shared/messages/catalogue';
import { freeFields } from '@svodka/shared/messages/machine-title';
import type { EventDoc, RevisionDoc } from '../events/event.schema.ts';

/** Fields of which an edit keeps ids. */
const NAMING = ['claim', 'projectId', 'counterpartyIds'];
/** History is kept as JSON. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export type Line = { label: string; value: string };

/** Words, days and sums of a dossier, for one reader. */
export class DossierWords {
  readonly #moment: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #money: Intl.NumberFormat;
  readonly #number: Intl.NumberFormat;

  constructor(
    readonly locale: Locale,
    readonly zone: string,
    private readonly nameOf: (named: string) => string,
  ) {
    const date = { day: '2-digit', month: '2-digit', year: 'numeric' } as const;
    const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    // The day before the month in both, as everywhere: «03/12» of a dispute must not be March.
    const dates = locale === 'ru' ? 'ru' : 'en-GB';
    this.#moment = new Intl.DateTimeFormat(dates, { ...date, ...time, timeZone: zone });
    this.#day = new Intl.DateTimeFormat(dates, { ...date, timeZone: 'UTC' });
    this.#money = new Intl.NumberFormat(locale, { style: 'currency', currency: 'RUB' });
    this.#number = new Intl.NumberFormat(locale);
  }

  say = (key: MessageKey, params?: MessageParams): string => translate(this.locale, key, params);
  /** Of a word that is put together from a code; what nobody has named stays as it is. */
  label = (key: string, otherwise: string): string =>
    isMessageKey(key) ? translate(this.locale, key) : otherwise;
  moment = (at: Date): string => this.#moment.format(at);
  /** @param day `2026-11-27` */
  day = (day: string): string => this.#day.format(new Date(`${day}T00:00:00Z`));
  sum = (kop: number): string => this.#money.format(kop / 100);
  number = (value: number): string => this.#number.format(value);

  /** When an event is to be done by; nothing where it has no deadline. */
  due({ dueAt, dueAllDay, dueLocal }: EventDoc): string {
    if (!dueAt) return '';
    return dueAllDay && dueLocal ? this.day(dueLocal.slice(0, 10)) : this.moment(dueAt);
  }

  /** The details of an event, those of its type first. */
  details(event: EventDoc): Line[] {
    const { type, payload } = event;
    const typed = (PAYLOAD_FIELDS[type] ?? []).flatMap((field): Line[] => {
      const value = payload[field.name];
      if (value === undefined || value === null || value === '') return [];
      return [{ label: this.label(`payload.${field.name}`, field.name), value: this.#detail(field, value) }];
    });
    const free = freeFields(this.locale, event).map(([label, value]) => ({ label, value: String(value) }));
    return [...typed, ...free];
  }

  #detail({ kind, name }: PayloadField, value: unknown): string {
    if (kind === 'openings' && Array.isArray(value))
      return (value as Opening[])
        .map(({ no, widthMm, heightMm }) => `${no}: ${widthMm.join('/')} × ${heightMm.join('/')}`)
        .join('; ');
    if (kind === 'choice') return this.label(`payload.${name}.${value}`, String(value));
    if (kind === 'crew' || kind === 'person') return this.nameOf(String(value));
    if (kind === 'date') return this.day(String(value));
    if (typeof value !== 'number') return String(value);
    if (kind === 'money') return this.sum(value);
    if (kind !== 'duration') return this.number(value);
    const seconds = Math.round(value / 1_000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  }

  /** What one revision changed of what a person sees: «Срок: 3 марта → 5 марта». */
  changes({ changes }: RevisionDoc, called: (id: string) => string): Line[] {
    return Object.entries(changes).flatMap(([field, { from, to }]): Line[] => {
      if (!isMessageKey(`field.${field}`)) return [];
      const words = [from, to].map((value) => this.#changed(field, value, called));
      return [{ label: this.label(`field.${field}`, field), value: words.join(' → ') }];
    });
  }

  #changed(field: string, value: unknown, called: (id: string) => string): string {
    if (value === null || value === undefined || value === '') return this.say('revision.nothing');
    if (Array.isArray(value) && value.length === 0) return this.say('revision.nothing');
    if (NAMING.includes(field))
      return [value]
        .flat()
        .map((id) => called(String(id)))
        .join(', ');
    if (value instanceof Date) return this.moment(value);
    if (typeof value === 'string' && INSTANT.test(value)) return this.moment(new Date(value));
    if (field === 'snooze') return this.label(`type.${value}`, String(value));
    if (field === 'status' || field === 'importance' || field === 'visibility')
      return this.label(`${field}.${value}`, String(value));
    if (Array.isArray(value)) return value.every((each) => typeof each === 'string') ? value.join(', ') : '…';
    if (typeof value === 'object') {
      const { at, local } = value as { at?: unknown; local?: unknown };
      if (at instanceof Date || typeof at === 'string') return this.moment(new Date(at));
      return typeof local === 'string' ? this.day(local.slice(0, 10)) : '…';
    }
    return String(value);
  }
}
