// The rules that this person may read: few, so all of them are read, and again when one has changed or after an absence.
import type { Id } from '@svodka/shared/contracts/id';
import { newId } from '@svodka/shared/contracts/id';
import type { NoticeRule, RuleDraft, RuleEdit } from '@svodka/shared/contracts/notice-rule';
import { live } from '../../api/live.ts';
import { ApiError, ask } from '../../api/rest.ts';
import { refs } from '../../state/refs.svelte.ts';
import { whenBack } from '../../state/when-back.ts';
import { nameOf } from './rule-words.ts';

/** That a rule would tell so many that whoever writes it has to be sure. */
export const isLoud = (error: unknown): boolean =>
  error instanceof ApiError && error.details.some(({ reason }) => reason === 'rule-loud');

export class Rules {
  #items = $state.raw<readonly NoticeRule[]>([]);
  #state = $state<'loading' | 'ready' | 'failed'>('loading');
  #error = $state.raw<unknown>(null);
  readonly #off: (() => void)[];

  constructor() {
    this.#off = [
      live.onConnect(() => void this.read()),
      live.on('rules.changed', () => document.visibilityState === 'visible' && void this.read()),
      whenBack(() => void this.read()),
    ];
    void this.read();
  }

  /** Of the company first, each by its name. */
  readonly items = $derived.by(() =>
    [...this.#items].sort(
      (a, b) => Number(a.ownerId !== null) - Number(b.ownerId !== null) || nameOf(a).localeCompare(nameOf(b)),
    ),
  );

  get state(): 'loading' | 'ready' | 'failed' {
    return this.#state;
  }

  get error(): unknown {
    return this.#error;
  }

  async read(): Promise<void> {
    try {
      const page = await ask('GET /rules');
      refs.add(page.refs);
      this.#items = page.items;
      this.#state = 'ready';
      this.#error = null;
    } catch (error) {
      this.#error = error;
      if (this.#items.length === 0) this.#state = 'failed';
    }
  }

  put(rule: NoticeRule): NoticeRule {
    this.#items = [...this.#items.filter(({ id }) => id !== rule.id), rule];
    return rule;
  }

  async create(draft: RuleDraft, isSure: boolean, id: Id = newId()): Promise<NoticeRule> {
    return this.put(await ask('POST /rules', { body: { ...draft, id, isSure } }));
  }

  async edit({ id, version }: Pick<NoticeRule, 'id' | 'version'>, body: RuleEdit): Promise<NoticeRule> {
    return this.put(await ask('PATCH /rules/:id', { id, rev: version, body }));
  }

  async remove({ id }: NoticeRule): Promise<void> {
    await ask('DELETE /rules/:id', { id });
    this.#items = this.#items.filter((each) => each.id !== id);
  }

  async restore({ id }: NoticeRule): Promise<void> {
    this.put(await ask('POST /rules/:id/restore', { id }));
  }

  async mute({ id, isMuted }: NoticeRule): Promise<void> {
    this.put(await ask('POST /rules/:id/mute', { id, body: { isMuted: !isMuted } }));
  }

  close(): void {
    for (const off of this.#off) off();
  }
}
