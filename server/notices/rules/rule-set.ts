import { ALL, type ResolvedFilter } from '@svodka/shared/filter/ast';
import type { Subject } from '@svodka/shared/filter/fields';
import { requiredTerms, termsOfEvent } from '@svodka/shared/filter/index-terms';
import { type FilterableEvent, type Predicate, toPredicate } from '@svodka/shared/filter/predicate';
import { type Moment, resolveFilter } from '@svodka/shared/filter/resolve';
import { parseText } from '@svodka/shared/filter/text';
import type { OrderImage } from './images.ts';
import type { RuleDoc } from './rule.schema.ts';

/** A rule whose texts were read once. */
export type CompiledRule = {
  readonly rule: RuleDoc;
  readonly filter: ResolvedFilter;
  readonly finds: Predicate;
  /** Whether it speaks of this order; null: of an event that stands in none. */
  isOf(order: OrderImage | null): boolean;
};

/**
 * The rules that are not off, read once and found by the terms of an event, so that a change is held against those few
 * that can be about it. Law: it finds what asking each rule would find (`model.test.ts`).
 */
export class RuleSet {
  readonly rules: readonly CompiledRule[];
  /** Those that speak when time has passed, and not with a change. */
  readonly timed: readonly CompiledRule[];
  /** When one of the texts begins to mean something else: «сегодня». Null: never. */
  readonly nextBoundary: Date | null;
  readonly #byTerm = new Map<string, CompiledRule[]>();
  readonly #always: CompiledRule[] = [];

  constructor(docs: readonly RuleDoc[], moment: Moment) {
    let next = Number.POSITIVE_INFINITY;
    const read = (text: string | null, subject: Subject): ResolvedFilter => {
      if (text === null) return ALL;
      const { filter, nextBoundary } = resolveFilter(parseText(text, subject), moment);
      if (nextBoundary) next = Math.min(next, nextBoundary.getTime());
      return filter;
    };
    const compile = (rule: RuleDoc): CompiledRule[] => {
      try {
        const filter = read(rule.filter, 'events');
        const ofOrder = rule.orders === null ? null : toPredicate(read(rule.orders, 'orders'));
        const isOf = (order: OrderImage | null) =>
          (rule.ownerId === null || order?.managerId === rule.ownerId) &&
          (ofOrder === null || (order !== null && ofOrder(order)));
        return [{ rule, filter, finds: toPredicate(filter), isOf }];
      } catch {
        // Its words were those of another version: it waits until somebody writes it anew.
        return [];
      }
    };
    this.rules = docs.filter(({ state, removedAt }) => state !== 'off' && !removedAt).flatMap(compile);
    this.timed = this.rules.filter(({ rule }) => isTimed(rule));
    this.nextBoundary = Number.isFinite(next) ? new Date(next) : null;
    for (const compiled of this.rules) {
      const alternatives = requiredTerms(compiled.filter);
      if (alternatives === null) this.#always.push(compiled);
      for (const [term] of alternatives ?? []) {
        if (term === undefined) continue;
        const found = this.#byTerm.get(term);
        if (found) found.push(compiled);
        else this.#byTerm.set(term, [compiled]);
      }
    }
  }

  /** The rules whose filter finds an event. */
  finding(event: FilterableEvent): CompiledRule[] {
    const candidates = new Set(this.#always);
    for (const term of termsOfEvent(event))
      for (const compiled of this.#byTerm.get(term) ?? []) candidates.add(compiled);
    return [...candidates].filter(({ finds }) => finds(event));
  }
}

export function isTimed({ trigger }: Pick<RuleDoc, 'trigger'>): boolean {
  if (trigger.on === 'approaching') return trigger.lead !== null;
  return trigger.on === 'absent' || (trigger.on === 'overdue' && trigger.every !== null);
}
