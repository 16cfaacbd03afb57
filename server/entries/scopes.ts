import { Injectable } from '@nestjs/common';
import type { ResolvedFilter } from '@svodka/shared/filter/ast';
import { resolveFilter } from '@svodka/shared/filter/resolve';
import { type Actor, scopeOf } from '@svodka/shared/rules/permissions';
import { Clock } from '../platform/clock.ts';
import { Withheld } from './withheld.ts';

/** The one answer of the server to what a person may read now. Every read, feed, count, notice and letter asks here. */
@Injectable()
export class Scopes {
  constructor(
    private readonly withheld: Withheld,
    private readonly clock: Clock,
  ) {}

  /** @param options `restorable`: deleted events too, for undo */
  of(actor: Actor, { restorable = false } = {}): ResolvedFilter {
    const scope = scopeOf(actor, { restorable, withheld: this.withheld.of(actor.id) });
    return resolveFilter(scope, { now: this.clock.now(), zone: 'UTC' }).filter;
  }
}
