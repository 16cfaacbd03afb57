import { type Id, newId } from '@svodka/shared/contracts/id';
import { reasonsFrom } from '@svodka/shared/contracts/issues';
import type { MessageKey } from '@svodka/shared/messages/ru';
import { isMessageKey } from '@svodka/shared/messages/translate';
import type { z } from 'zod';
import { ApiError } from '../api/rest.ts';
import { same } from '../format/same.ts';
import { errorText } from './error-text.ts';
import { formDrafts } from './form-drafts.ts';
import { label, t } from './i18n.svelte.ts';

const NAME = 'record.';

/** What a schema says of a body, worded for people, by dotted field. */
export function wordIssues(issues: readonly unknown[]): Record<string, string> {
  const words: Record<string, string> = {};
  for (const { field, reason, params } of reasonsFrom(issues)) {
    const key = `reason.${reason}`;
    words[field] ??= isMessageKey(key) ? t(key, params) : reason;
  }
  return words;
}

type Labels<F> = Partial<Record<keyof F, MessageKey>>;

type Saving<B, R> = {
  schema: z.ZodType<B>;
  body: unknown;
  send: (body: B) => Promise<R>;
  /** The record as it is now, when somebody was faster. */
  onStale?: (current: unknown) => void;
  /** Goes on upon it where nobody else has changed what the form holds: the answer to an earlier press was lost. */
  again?: (current: unknown) => Promise<R | null>;
};

/** The form of one record: what is typed, what of it is wrong, and what differs from what was read. */
export class RecordDraft<F extends object> {
  values = $state() as F;
  /** It began with what was typed before. */
  restored = $state(false);
  /** What somebody else changed meanwhile, for the one who types to know first; empty: nothing. */
  note = $state('');
  busy = $state(false);
  #start = $state.raw() as F;
  /** Under which what is typed is kept until it is sent. */
  readonly key: string;
  /** Of the record that is being made: known before it is sent, so that it is made once, however often it is sent. */
  id: Id;

  readonly #never: readonly (keyof F)[];
  readonly #labels: Labels<F>;
  #failure = $state('');
  #refused = $state.raw<{ errors: Record<string, string>; values: F } | null>(null);

  constructor(
    start: F,
    { key = '', id = newId(), never = [], labels = {} }: DraftOptions<F> & { key?: string; id?: Id } = {},
  ) {
    this.#start = start;
    this.key = key;
    this.id = id;
    this.#never = never;
    this.#labels = labels;
    this.values = { ...start };
  }

  /** By dotted path into the body. What is said of a field goes as soon as the field holds something else. */
  get errors(): Record<string, string> {
    const refused = this.#refused;
    if (!refused) return {};
    const holds = (name: string) =>
      name in this.values
        ? same(this.values[name as keyof F], refused.values[name as keyof F])
        : same(this.values, refused.values);
    return Object.fromEntries(
      Object.entries(refused.errors).filter(([path]) => holds(path.split('.')[0] ?? '')),
    );
  }

  set errors(errors: Record<string, string>) {
    this.#refused = { errors, values: $state.snapshot(this.values) as F };
  }

  /** What concerns no field. */
  get failure(): string {
    const isOfFields = this.#failure === t('form.refused');
    return isOfFields && Object.keys(this.errors).length === 0 ? '' : this.#failure;
  }

  set failure(failure: string) {
    this.#failure = failure;
  }

  /** Keeps what is typed, in this person's own storage. */
  keep(): void {
    formDrafts.keep(NAME + this.key, this.#kept());
  }

  /** It was sent: nothing of it is kept any more. */
  letGo(): void {
    formDrafts.keep(NAME + this.key, null);
  }

  /** What is kept of it; null: nothing was typed. */
  #kept(): Kept<F> | null {
    const values = $state.snapshot(this.values) as F;
    for (const name of this.#never) values[name] = this.#start[name];
    return same(values, this.#start) ? null : { start: this.#start, values, id: this.id };
  }

  /** Lets go of what was typed. */
  startAnew(): void {
    this.id = newId();
    this.values = { ...this.#start };
    this.errors = {};
    this.failure = '';
    this.note = '';
    this.restored = false;
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
   * Takes the record as somebody else has left it, and says so. What was not changed here follows it; what was, stays.
   * @param of says only what is among these
   */
  rebase(current: F, of?: 'mine'): void {
    const mine = new Set(this.changed);
    const theirs = (Object.keys(current) as (keyof F)[]).filter(
      (name) => !same(current[name], this.#start[name]) && !same(current[name], this.values[name]),
    );
    for (const name of theirs) if (!mine.has(name)) this.values[name] = current[name];
    this.#start = current;
    const fields = theirs
      .filter((name) => of === undefined || mine.has(name))
      .flatMap((name) => this.#labels[name] ?? [])
      .map((key) => t(key).toLocaleLowerCase());
    this.note = fields.length === 0 ? '' : t('screens.stale', { fields: fields.join(', ') });
  }

  /** Checks and sends; null: it was refused, and `errors` or `failure` say why. */
  async save<B, R>({ schema, body, send, onStale, again }: Saving<B, R>): Promise<R | null> {
    if (this.busy) return null;
    this.failure = '';
    this.note = '';
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
      const isStale = onStale && error instanceof ApiError && error.code === 'conflict';
      if (!isStale || error.current === undefined) this.#fail(error);
      else {
        const seen = this.#start;
        onStale(error.current);
        this.busy = false;
        if (again && this.note === '' && this.#start !== seen) return await again(error.current);
      }
      return null;
    } finally {
      this.busy = false;
    }
  }

  /** The same of a new record. One that an earlier press has made is gone on with, and that is said. */
  create<B, R>({
    body,
    onStale,
    ...saving
  }: Omit<Saving<B, R>, 'again'> & { body: object }): Promise<R | null> {
    return this.save<B, R>({
      ...saving,
      body: { ...body, id: this.id },
      ...(onStale && {
        onStale: (current: unknown) => {
          onStale(current);
          this.note = this.dirty ? t('screens.madeBefore') : '';
        },
        again: (current: unknown) => Promise.resolve(current as R),
      }),
    });
  }

  #refuse(errors: Record<string, string>): void {
    this.errors = errors;
    this.failure = t('form.refused');
  }

  #fail(error: unknown): void {
    if (error instanceof ApiError && error.details.length > 0) {
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

type DraftOptions<F> = {
  /** Fields that are not kept: passwords. */
  never?: readonly (keyof F)[];
  /** What the fields are called when it is said who changed them. */
  labels?: Labels<F>;
};

/** What is kept of a form that was not saved: what it began with, and what was typed. */
type Kept<F> = { start: F; values: F; id?: Id };

/**
 * Begins a form, with what was typed into it before and not saved. What somebody else has changed of the record since
 * then is taken over where nothing was typed.
 */
export function openDraft<F extends object>(
  key: string,
  start: F,
  options: DraftOptions<F> = {},
): RecordDraft<F> {
  const kept = formDrafts.of<Kept<F>>(NAME + key);
  const named = { ...options, key };
  const draft = new RecordDraft(start, named);
  const names = (of: object | undefined) => Object.keys(of ?? {}).sort();
  // Kept by another version of the page, its fields may be others.
  if (!kept || !same(names(kept.values), names(start)) || !same(names(kept.start), names(start)))
    return draft;
  const again = new RecordDraft(kept.start, { ...named, ...(kept.id && { id: kept.id }) });
  again.values = { ...kept.values };
  again.rebase(start, 'mine');
  again.restored = again.dirty;
  return again;
}
