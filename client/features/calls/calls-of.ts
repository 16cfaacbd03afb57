import { and, type Filter } from '@svodka/shared/filter/ast';
import { Feed } from '../../state/feed.svelte.ts';

export const CALLS = { field: 'module', in: ['calls'] } satisfies Filter;
/** So many calls are looked at; what is open stands first. */
export const CALLS_READ = 40;

/** The calls of an order or a counterparty, live; whoever asks closes them. */
export const callsOf = (whose: Filter): Feed => new Feed(and(whose, CALLS), { limit: CALLS_READ });
