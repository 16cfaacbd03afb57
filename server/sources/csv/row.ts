import { createHash } from 'node:crypto';
import { isTimely, withoutUnseen } from '@svodka/shared/contracts/common';
import { IMPORTANCES, type Importance } from '@svodka/shared/contracts/event';
import type { ImportMapping, ImportRowError, ImportTarget } from '@svodka/shared/contracts/import';
import { type EventType, WRITTEN_TYPES } from '@svodka/shared/contracts/modules';
import { domainEn } from '@svodka/shared/messages/domain.en';
import { domainRu } from '@svodka/shared/messages/domain.ru';
import {
  looksLikeDate,
  type Moment,
  momentOf,
  readClock,
  readDateCell,
  saysNoDate,
} from '../reading/dates.ts';
import type { TableRow } from '../reading/rows.ts';
import { targetOf } from './presets.ts';

/** A row as the event that it will become; names are not yet resolved to ids. */
export type Draft = {
  line: number;
  title: string;
  body: string;
  type: EventType;
  importance: Importance;
  occurredAt: Date;
  due: Moment | null;
  project: string | null;
  counterparty: string | null;
  author: string | null;
  /** Null: the file does not say. */
  status: 'open' | 'recorded' | 'resolved' | null;
  externalId: string;
  fields: Record<string, string>;
};

const MAX_FIELDS = 40;
const isTime = (target: ImportTarget | undefined) => target === 'occurredAt' || target === 'dueAt';

/** Codes and labels of both languages → code. */
function byWord<T extends string>(prefix: string, codes: readonly T[]): Map<string, T> {
  const label = (words: Record<string, string>, code: T) => words[`${prefix}.${code}`]?.toLowerCase() ?? code;
  return new Map(
    codes.flatMap((code) => [
      [code, code],
      [label(domainRu, code), code],
      [label(domainEn, code), code],
    ]),
  );
}
const TYPES = byWord('type', WRITTEN_TYPES);
const IMPORTANCE = byWord('importance', IMPORTANCES);
const STATUS = byWord('status', ['open', 'recorded', 'resolved'] as const);

/**
 * Makes drafts of rows.
 * @param columns the header
 */
export class RowReader {
  readonly #targets: ImportTarget[];

  constructor(
    readonly columns: readonly string[],
    readonly mapping: ImportMapping,
    private readonly now: Date,
  ) {
    this.#targets = columns.map((column) => targetOf(mapping, column));
  }

  read({ line, values, fault }: TableRow): { draft: Draft | null; errors: ImportRowError[] } {
    const errors: ImportRowError[] = [];
    if (fault) {
      const value = values.join(' ').trim().slice(0, 200);
      return { draft: null, errors: [{ line, column: '', reason: fault, value }] };
    }
    const cells = new Map<ImportTarget, string>();
    const fields: Record<string, string> = {};
    for (const [i, target] of this.#targets.entries()) {
      const value = (values[i] ?? '').trim();
      if (!value || target === 'ignore') continue;
      if (isTime(target) && saysNoDate(value)) continue;
      const column = this.columns[i] ?? '';
      if (target !== 'keep') cells.set(target, value);
      else if (Object.keys(fields).length < MAX_FIELDS)
        fields[fieldKey(column)] = value.replaceAll('\u0000', '').slice(0, 1000);
    }
    const refuse = (target: ImportTarget, reason: string) => {
      const at = this.#targets.indexOf(target);
      errors.push({
        line,
        column: this.columns[at] ?? target,
        reason,
        value: (cells.get(target) ?? '').slice(0, 200),
      });
      return null;
    };
    const word = <T>(target: ImportTarget, words: Map<string, T>, absent: T): T => {
      const value = cells.get(target)?.toLowerCase();
      if (value === undefined) return absent;
      const code = words.get(value);
      if (code === undefined) refuse(target, 'unknown-value');
      return code ?? absent;
    };
    const moment = (target: ImportTarget): Moment | null => {
      const value = cells.get(target);
      if (value === undefined) return null;
      const wall = readDateCell(value, 'dmy', null);
      if (!wall) return refuse(target, looksLikeDate(value) ? 'no-such-date' : 'not-a-time');
      const clock = target === 'occurredAt' ? cells.get('occurredTime') : undefined;
      const time = clock === undefined ? wall.time : readClock(clock);
      if (clock !== undefined && !time) return refuse('occurredTime', 'not-a-time');
      const read = momentOf({ ...wall, time }, this.mapping.zone);
      return isTimely(read.at) ? read : refuse(target, 'year');
    };

    const title = oneLine(cells.get('title') ?? '', 300);
    if (!title) refuse('title', 'required');
    const occurred = moment('occurredAt');
    if (!occurred && !cells.has('occurredAt')) refuse('occurredAt', 'required');
    if (occurred && occurred.at.getTime() > this.now.getTime() + 300_000)
      refuse('occurredAt', 'in-the-future');
    const due = moment('dueAt');
    const type = word('type', TYPES, this.mapping.type);
    const importance = word('importance', IMPORTANCE, this.mapping.importance);
    const status = word<Draft['status']>('status', STATUS, null);
    if (errors.length > 0 || !occurred) return { draft: null, errors };
    return {
      errors,
      draft: {
        line,
        title,
        body: (cells.get('body') ?? '').slice(0, 10_000).replaceAll('\u0000', ''),
        type,
        importance,
        occurredAt: occurred.at,
        due,
        project: named(cells.get('project'), 60),
        counterparty: named(cells.get('counterparty'), 200),
        author: named(cells.get('author'), 120),
        status,
        externalId: named(cells.get('externalId'), 150) ?? contentId(values),
        fields,
      },
    };
  }
}

const named = (value: string | undefined, max: number) => (value ? oneLine(value, max) || null : null);

function oneLine(value: string, max: number): string {
  return withoutUnseen(value.replace(/\s+/g, ' ').replace(/\p{Cc}/gu, '')).slice(0, max);
}

/** Column names may hold what payload keys may not. */
function fieldKey(column: string): string {
  const key = column.replace(/[$.]|\p{Cc}/gu, '_').slice(0, 60);
  return key === '' || key === '__proto__' ? '_' : key;
}

/** A row without an id of its own is known by its content, so that the same row is imported once. */
function contentId(values: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 32);
}
