import { reasonsFrom } from '@svodka/shared/contracts/issues';
import { isMessageKey } from '@svodka/shared/messages/translate';
import type { z } from 'zod';
import { ApiError } from '../api/rest.ts';
import { errorText } from './error-text.ts';
import { label, t } from './i18n.svelte.ts';

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What a schema says of a body, worded for people, by dotted field. */
export function wordIssues(issues: readonly unknown[]): Record<string, string> {
  const words: Record<string, string> = {};
  for (const { field, reason, params } of reasonsFrom(issues)) {
    const key = `reason.${reason}`;
    words[field] ??= isMessageKey(key) ? t(key, params) : reason;
  }
  return words;
}

type Saving<B, R> = {
  schema: z.ZodType<B>;
  body: unknown;
  send: (body: B) => Promise<R>;
  /** The record as it is now, when somebody was faster. */
  onStale?: (current: unknown) => void;
};

/** The form of one record: what is typed, what of it is wrong, and what differs from what was read. */
export class RecordDraft<F extends object> {
  values = $state() as F;
  /** By dotted path into the body. */
  errors = $state.raw<Record<string, string>>({});
  /** What concerns no field. */
  failure = $state('');
  busy = $state(false);
  #start = $state.raw() as F;

  constructor(start: F) {
    this.#start = start;
    this.values = { ...start };
  }

  /** Names of the fields that were changed. */
  get changed(): (keyof F)[] {
    return (Object.keys(this.#start) as (keyof F)[]).filter(
      (name) => !same(this.values[name], this.#start[name]),
    );
  }

  get dirty(): boolean {
    return this.changed.length > 0;
  }

  /** The error of a field, or of the first thing in its list: «строка 2: …». */
  errorAt(field: string): string | undefined {
    const exact = this.errors[field];
    if (exact) return exact;
    const inner = Object.entries(this.errors).find(([path]) => path.startsWith(`${field}.`));
    if (!inner) return undefined;
    const index = Number(inner[0].slice(field.length + 1).split('.')[0]);
    return t('counterparties.line', { line: index + 1, message: inner[1] });
  }

  /**
   * Takes the record as somebody else has left it. What was not changed here follows it; what was, stays.
   * @returns the fields that the other changed
   */
  rebase(current: F): (keyof F)[] {
    const mine = new Set(this.changed);
    const theirs = (Object.keys(current) as (keyof F)[]).filter(
      (name) => !same(current[name], this.#start[name]),
    );
    for (const name of theirs) if (!mine.has(name)) this.values[name] = current[name];
    this.#start = current;
    return theirs;
  }

  /** Checks and sends; null: it was refused, and `errors` or `failure` say why. */
  async save<B, R>({ schema, body, send, onStale }: Saving<B, R>): Promise<R | null> {
    if (this.busy) return null;
    this.failure = '';
    this.errors = {};
    const checked = schema.safeParse(body);
    if (!checked.success) {
      this.#refuse(wordIssues(checked.error.issues));
      return null;
    }
    this.busy = true;
    try {
      return await send(checked.data);
    } catch (error) {
      this.#fail(error, onStale);
      return null;
    } finally {
      this.busy = false;
    }
  }

  #refuse(errors: Record<string, string>): void {
    this.errors = errors;
    this.failure = t('form.refused');
  }

  #fail(error: unknown, onStale?: (current: unknown) => void): void {
    if (error instanceof ApiError && error.code === 'conflict' && error.current !== undefined && onStale) {
      onStale(error.current);
    } else if (error instanceof ApiError && error.details.length > 0) {
      this.#refuse(
        Object.fromEntries(
          error.details.map(({ field, reason, message }) => [
            field,
            message ?? label(`reason.${reason}`, reason),
          ]),
        ),
      );
    } else this.failure = errorText(error);
  }
}

const kept = new Map<string, object>();

/** Begins a form, with what was typed into it before it was closed, if that can still be taken back. */
export function openDraft<F extends object>(key: string, start: F): RecordDraft<F> {
  const draft = new RecordDraft(start);
  const before = kept.get(key) as F | undefined;
  kept.delete(key);
  if (before) draft.values = before;
  return draft;
}

/** Keeps what was typed for a while; the result forgets it. */
export function keepDraft<F extends object>(key: string, draft: RecordDraft<F>): () => void {
  const values = $state.snapshot(draft.values) as F;
  kept.set(key, values);
  return () => {
    if (kept.get(key) === values) kept.delete(key);
  };
}
