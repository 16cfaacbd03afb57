// What a desk shows: the main one, or the stream on a page of its own. The address bar is the truth: `view` names a feed of the left column, `filter` what was changed
// about it (text form), `event` the open event, `form` the open form.

import { type Id, isId } from '@svodka/shared/contracts/id';
import type { EventType } from '@svodka/shared/contracts/modules';
import type { View } from '@svodka/shared/feed/view';
import { ALL, and, conjunctsOf, type Filter, mapLeaves } from '@svodka/shared/filter/ast';
import { fieldOf } from '@svodka/shared/filter/fields';
import { FilterParseError, parseText, toText } from '@svodka/shared/filter/text';
import { getContext, setContext } from 'svelte';
import { DeskRows, type Hand } from './desk-rows.svelte.ts';
import type { Feed } from './feed.svelte.ts';
import { type Place, places } from './places.ts';
import { router } from './router.svelte.ts';
import { Selection } from './selection.svelte.ts';
import { STANDARD_VIEWS, type StandardView, views } from './views.svelte.ts';

/** `named`: it names orders or people, whose ids have to be found first. */
type Parsed =
  | { filter: Filter; error: null; named?: never }
  | { filter: null; error: FilterParseError | null; named?: true };

/** How a filter that lets everything through is written in the address. */
const EVERYTHING = '*';
function parse(text: string): Parsed {
  if (text.trim() === '' || text.trim() === EVERYTHING) return { filter: ALL, error: null };
  try {
    const filter = parseText(text);
    return hasNames(filter) ? { filter: null, error: null, named: true } : { filter, error: null };
  } catch (error) {
    if (error instanceof FilterParseError) return { filter: null, error };
    throw error;
  }
}

function hasNames(filter: Filter): boolean {
  let found = false;
  mapLeaves(filter, (leaf) => {
    if ('in' in leaf && fieldOf(leaf.field).ref) found ||= !leaf.in.every(isId);
    return leaf;
  });
  return found;
}

/** Where a desk stands in the address bar, and what all its events have in common whatever is filtered. */
export type DeskHome = { path: string; base: Filter };

/** The rows on the screen, whose desk they may be: a form is opened over that of a record too. */
let standing: DeskRows | null = null;

class Desk {
  readonly path: string;
  readonly base: Filter;
  #viewKey = $derived(router.query.get('view') ?? 'all');
  /** A feed that every person has, or a saved one; undefined while the saved ones are loading, or when it has gone. */
  view = $derived<StandardView | View | undefined>(
    STANDARD_VIEWS.find((view) => view.key === this.#viewKey) ?? views.find(this.#viewKey),
  );
  /** The filter of the address in its text form, when it differs from that of the view. */
  changedText = $derived(router.query.get('filter'));
  #text = $derived(this.changedText ?? (this.view ? toText(this.view.filter) || EVERYTHING : null));
  #parsed = $derived<Parsed | null>(this.#text === null ? null : parse(this.#text));

  eventId = $derived(router.query.get('event'));
  /** `new`, or `edit` of the open event. */
  form = $derived(router.query.get('form'));

  readonly selection = new Selection();
  #rows = $state.raw<DeskRows | null>(null);
  #pointer = $state<Id | null>(null);
  #pointerInside = $state(false);
  #focusInside = $state(false);
  #atTop = $state(true);

  constructor({ path, base }: DeskHome) {
    this.path = path;
    this.base = base;
  }

  /** The address names a saved feed that is not there: somebody has removed it, or it never was. */
  get isGone(): boolean {
    return this.view === undefined && this.changedText === null && views.loaded;
  }

  get viewKey(): string {
    return this.#viewKey;
  }

  /** Null while the view is not known, or when the text of the address is not a filter. */
  get filter(): Filter | null {
    return this.#parsed?.filter ?? null;
  }

  /** A filter with what this desk's events have in common: what is asked of the server, and saved. */
  whole(filter: Filter): Filter {
    return and(this.base, filter);
  }

  /** What is wrong with the text of the address. */
  get parseError(): FilterParseError | null {
    return this.#parsed?.error ?? null;
  }

  /** The text of the address names what is kept by its id: it is no filter until that is found. */
  get named(): boolean {
    return this.#parsed?.named === true;
  }

  get text(): string {
    return this.#text ?? '';
  }

  /** Whether the filter is not that of the view. */
  get modified(): boolean {
    return this.changedText !== null;
  }

  /** What stands on the screen: null while there is no filter to ask for. */
  get rows(): DeskRows | null {
    return this.#rows;
  }

  get feed(): Feed | null {
    return this.#rows?.list ?? null;
  }

  hand = $derived<Hand>({
    pointer: this.#pointer,
    inside: this.#pointerInside,
    focus: this.#focusInside,
    atTop: this.#atTop,
  });

  /** Opens the rows of a filter; call the result when they are no longer wanted. */
  open(filter: Filter): () => void {
    const rows = new DeskRows(this.whole(filter), places.take<Place>());
    const unkeep = places.keep(this.path, () => rows.place);
    this.#rows = rows;
    standing = rows;
    this.selection.clear();
    this.#pointer = null;
    this.#atTop = rows.place === null;
    return () => {
      unkeep();
      rows.close();
      if (this.#rows === rows) this.#rows = null;
      if (standing === rows) standing = null;
    };
  }

  pointerAt(id: Id | null, inside: boolean): void {
    this.#pointer = id;
    this.#pointerInside = inside;
  }

  focusAt(id: Id | null): void {
    this.#focusInside = id !== null;
    if (id !== null) this.#rows?.setRing(id);
  }

  topIs(atTop: boolean): void {
    this.#atTop = atTop;
  }

  /** The event at which somebody is to write, until its place to write is there: its parts come over the line. */
  writingAt = $state<Id | null>(null);

  writeAt(id: Id): void {
    if (this.eventId !== id) this.showEvent(id);
    this.writingAt = id;
  }

  showEvent(id: Id, { replace = this.eventId !== null } = {}): void {
    this.writingAt = null;
    this.#rows?.setRing(id);
    router.go(router.with({ event: id, form: null }, this.path), { replace });
  }

  /** Shows an event that was written here, and lets it into the list that stands on the screen without waiting. */
  written(id: Id, path = this.path): void {
    standing?.welcome(id);
    this.writingAt = null;
    router.go(router.with({ event: id, form: null, type: null }, path), { replace: true });
  }

  closeEvent(): void {
    router.go(router.with({ event: null, form: null }, this.path));
  }

  /** @param type of a new event, where it is known beforehand */
  openForm(form: 'new' | 'edit' | `again.${Id}`, event?: Id, type?: EventType): void {
    router.go(router.with({ form, type: type ?? null, ...(event ? { event } : {}) }));
  }

  closeForm(): void {
    router.go(router.with({ form: null, type: null }), { replace: true });
  }

  setFilter(filter: Filter, { replace = false } = {}): void {
    const text = toText(filter) || EVERYTHING;
    const own = this.view ? toText(this.view.filter) || EVERYTHING : null;
    router.go(router.with({ filter: text === own ? null : text, form: null }, this.path), { replace });
  }

  /** As typed; a text that is no filter is kept, and shown with what is wrong. */
  setText(text: string): void {
    const parsed = parse(text);
    if (parsed.filter) this.setFilter(parsed.filter);
    else router.go(router.with({ filter: text, form: null }, this.path), { replace: true });
  }

  /** Narrows by one more condition. */
  add(clause: Filter): void {
    this.setFilter(and(this.filter ?? ALL, clause));
  }

  /** The words of the search field: the text condition of the filter. */
  searched = $derived.by(() => {
    const part = conjunctsOf(this.filter ?? ALL).find((each) => 'text' in each);
    return part && 'text' in part ? part.text : '';
  });

  search(words: string): void {
    const others = conjunctsOf(this.filter ?? ALL).filter((each) => !('text' in each));
    this.setFilter(words.trim() ? and(...others, { text: words.trim() }) : and(...others), { replace: true });
  }
}

export type DeskState = Desk;
const KEY = Symbol('desk');

/** One desk per shell, and one per page that has a stream of its own; what stands in it reads it from the context. */
export function provideDesk(home: DeskHome = { path: '/', base: ALL }): Desk {
  return setContext(KEY, new Desk(home));
}

export function useDesk(): Desk {
  return getContext<Desk>(KEY);
}
