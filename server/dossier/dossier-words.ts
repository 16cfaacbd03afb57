import type { Locale } from '@svodka/shared/contracts/common';
import type { EventType } from '@svodka/shared/contracts/modules';
import { type Opening, PAYLOAD_FIELDS, type PayloadField } from '@svodka/shared/contracts/payload';
import {
  isMessageKey,
  type MessageKey,
  type MessageParams,
  translate,
} from '@svodka/shared/messages/catalogue';
import { freeFields } from '@svodka/shared/messages/machine-title';
import { instantOfWall } from '@svodka/shared/rules/due';
import { type HistoryVoice, historyLines } from '@svodka/shared/rules/history-lines';
import type { EventDoc, RevisionDoc } from '../events/event.schema.ts';

export type Line = { label: string; value: string };

/** Words, days and sums of a dossier, for one reader. */
export class DossierWords {
  readonly #moment: Intl.DateTimeFormat;
  readonly #dayAt: Intl.DateTimeFormat;
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
    this.#dayAt = new Intl.DateTimeFormat(dates, { ...date, timeZone: zone });
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

  /** What one revision changed, as the screen tells it: «Срок: 3 марта → 5 марта». */
  changes({ changes }: RevisionDoc, type: EventType, called: (id: string) => string): Line[] {
    const voice: HistoryVoice = {
      nothing: this.say('revision.nothing'),
      label: this.label,
      moment: (at) => this.moment(new Date(at)),
      dayAt: (at) => this.#dayAt.format(new Date(at)),
      asked: ({ at, local = '', zone = this.zone }) => {
        if (local.length > 10) return this.moment(instantOfWall(local, zone));
        if (at) return this.moment(new Date(at));
        return local ? this.day(local) : this.say('revision.nothing');
      },
      name: (_, id) => called(id),
      detail: (of, name, value) => {
        const field = of && PAYLOAD_FIELDS[of]?.find((each) => each.name === name);
        return field ? this.#detail(field, value) : String(value);
      },
    };
    return historyLines(changes, type, voice).map(({ field, from, to }) => ({
      label: field,
      value: `${from} → ${to}`,
    }));
  }
}
