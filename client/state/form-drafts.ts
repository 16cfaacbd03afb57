// Drafts of forms, by tab. The first screen goes without them.
import type { Id } from '@svodka/shared/contracts/id';
import { NAME } from './drafts.ts';
import { listOwn, readOwn, writeOwn } from './own-storage.ts';
import { session } from './session.svelte.ts';
import { type Tabs, tabs } from './tabs.ts';

/** Between a thing and the tab in which it is typed. */
const IN = '\t';
/** Tabs that have ended with something typed into one form; beyond that the oldest are let go. */
const MOST_LEFT = 10;

/**
 * Drafts of forms: each tab has its own, so that two of them do not write over each other's. What a tab has left behind
 * when it ended goes on in the next that opens the form; of what is typed in one that is still open the next has a copy,
 * under no id: what is made from it is another thing.
 */
export class FormDrafts {
  /** Under which name a draft stands that has been gone on with here. */
  readonly #from = new Map<string, string>();

  constructor(private readonly tabs: Pick<Tabs, 'id' | 'isOpen' | 'ask'>) {}

  of<T>(thing: string): T | null {
    const person = session.user?.id;
    if (!person) return null;
    this.tabs.ask();
    const own = this.#name(thing);
    const kept = readOwn<T>(person, own);
    if (kept !== null) return kept;
    const left = this.#left(person, thing).at(-1);
    if (left !== undefined) this.#from.set(thing, left);
    if (left !== undefined) return readOwn<T>(person, left);
    const open = this.#all(person, thing).at(-1);
    return open === undefined ? null : asCopy(readOwn<T>(person, open));
  }

  /** @param draft null: sent, or dropped */
  keep(thing: string, draft: unknown): void {
    const person = session.user?.id;
    if (!person) return;
    const own = this.#name(thing);
    const from = this.#from.get(thing);
    if (draft !== null || readOwn(person, own) !== null) writeOwn(person, own, draft);
    // It stands in this tab now, or nowhere.
    if (from !== undefined && from !== own) writeOwn(person, from, null);
    this.#from.delete(thing);
    for (const name of this.#left(person, thing).slice(0, -MOST_LEFT)) writeOwn(person, name, null);
  }

  #name(thing: string): string {
    return NAME + thing + IN + this.tabs.id;
  }

  /** Names of what there is of a thing, by the age of the tab. */
  #all(person: Id, thing: string): string[] {
    const begin = NAME + thing;
    return [...listOwn(person, begin).keys()].filter((name) => name === begin || name.startsWith(begin + IN));
  }

  /** Those of tabs that are no longer open, or of before tabs had names. */
  #left(person: Id, thing: string): string[] {
    const { length } = NAME + thing + IN;
    return this.#all(person, thing).filter((name) => !this.tabs.isOpen(name.slice(length)));
  }
}

function asCopy<T>(draft: T): T {
  if (typeof draft !== 'object' || draft === null || !('id' in draft)) return draft;
  const { id: copyOf, ...typed } = draft;
  return { ...typed, copyOf } as T;
}

export const formDrafts = new FormDrafts(tabs);
