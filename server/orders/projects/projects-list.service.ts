import { Injectable } from '@nestjs/common';
import type { OrdersQuery } from '@svodka/shared/contracts/directory';
import { AppError } from '@svodka/shared/contracts/errors';
import { orderWords } from '@svodka/shared/contracts/order-number';
import type { MilestoneDue, MilestonesQuery } from '@svodka/shared/contracts/orders';
import { COUNT_LIMIT, type Count } from '@svodka/shared/feed/feed';
import { and, conjunctsOf, type ResolvedFilter } from '@svodka/shared/filter/ast';
import { asksOf, openly as withoutCards } from '@svodka/shared/filter/edit';
import { resolveFilter } from '@svodka/shared/filter/resolve';
import { dueOnOf } from '@svodka/shared/rules/orders/line';
import { editsInForce } from '@svodka/shared/rules/orders/templates';
import { type Actor, cardFields, findsByCards, seesAllLines } from '@svodka/shared/rules/permissions';
import { StandIns } from '../../counterparties/stand-ins.ts';
import { Clock } from '../../platform/clock.ts';
import { filterFrom } from '../../platform/http/filter-query.ts';
import { bySpelling } from './order-spellings.ts';
import { placeFrom, placeOf, type TableAsk } from './orders-list.ts';
import type { ListedProject, ProjectDoc } from './project.schema.ts';
import { ownProjects, projectScope } from './project-scope.ts';
import { ProjectsRepository } from './projects.repository.ts';

/** A period with more orders than this is told in part. */
const DUE_MOST = 1_000;

/** What the table is asked, but for its place. */
type Asked = Omit<TableAsk, 'after' | 'limit'>;
/** Everything but which page of it. */
type Question = Omit<OrdersQuery, 'after' | 'limit'>;

/** Orders as their table and their calendar ask for them. */
@Injectable()
export class ProjectsList {
  constructor(
    private readonly projects: ProjectsRepository,
    private readonly standIns: StandIns,
    private readonly clock: Clock,
  ) {}

  /**
   * What the table is asked, in what the actor may see.
   * @param zone in which the reader's days begin
   * @throws AppError `forbidden` for a sort or a filter by sums that the actor may not see, `validation` for a filter
   *   that is none
   */
  #asked(actor: Actor, { filter: text, search = '', ...query }: Question, zone: string) {
    const filter = this.standIns.asked(filterFrom(text, 'orders'));
    // Of their own orders everybody sees the sums.
    if (seesAllLines(actor) && !cardFields(actor).has('amountKop')) {
      if (query.sort === 'debt') throw new AppError('forbidden', 'sort', [{ field: 'sort', reason: 'sums' }]);
      if (asksOf(filter, 'debt'))
        throw new AppError('forbidden', 'filter', [{ field: 'filter', reason: 'sums' }]);
    }
    const openly: true | undefined = findsByCards(actor) ? undefined : true;
    const parts = conjunctsOf(filter);
    const resolved = resolveFilter(and(...parts.filter((part) => !('text' in part))), {
      now: this.clock.now(),
      zone,
    }).filter;
    return {
      ...query,
      filter: openly ? (withoutCards(resolved) as ResolvedFilter) : resolved,
      words: [orderWords(search), ...parts.flatMap((part) => ('text' in part ? part.text : []))],
      scope: projectScope(actor),
      openly,
    };
  }

  /** How many orders answer, whatever the page: exact up to `COUNT_LIMIT`. Throws like `page`. */
  count(actor: Actor, query: Pick<OrdersQuery, 'search' | 'filter'>, zone: string): Promise<Count> {
    return this.projects.count(this.#asked(actor, { ...query, sort: 'new' }, zone), COUNT_LIMIT);
  }

  /** One page of the table of orders. Throws like what it is asked. */
  async page(actor: Actor, { after, limit, ...query }: OrdersQuery, zone: string) {
    const asked = this.#asked(actor, query, zone);
    const number = orderWords(query.search ?? '');
    const place = after === undefined ? null : placeFrom(query, after);
    // Who types the whole number of an order means that one: it stands first and nowhere else.
    const isNamed = number !== '' && query.group === undefined;
    const [found, named] = await Promise.all([
      this.projects.table({ ...asked, after: place, limit: limit + 1 }),
      isNamed ? this.#named(asked, number) : [],
    ]);
    const docs = found.slice(0, limit);
    const last = docs.at(-1);
    return {
      docs: [...(place ? [] : named), ...docs.filter(({ _id }) => _id !== named[0]?._id)],
      next: found.length > limit && last ? placeOf(query, last) : null,
    };
  }

  /** The order of a number, however that is written; none or one. */
  async #named(asked: Asked, number: string): Promise<ListedProject[]> {
    const words = asked.words.slice(1);
    const found = await this.projects.table({ ...asked, words, number, after: null, limit: 2 });
    return [...bySpelling([number], found).values()];
  }

  /** What of the orders that the actor sees is to be done by the days of a period. */
  async milestonesDue(
    actor: Actor,
    { from, to, of, projects }: MilestonesQuery,
  ): Promise<{ items: MilestoneDue[]; docs: ProjectDoc[]; more: boolean }> {
    const found = await this.projects.dueWithin(
      { from, to },
      [
        projectScope(actor),
        ...(of === 'mine' ? [ownProjects(actor)] : []),
        ...(projects ? [{ _id: { $in: projects } }] : []),
      ],
      DUE_MOST + 1,
    );
    const docs = found.slice(0, DUE_MOST);
    const items = docs.flatMap(({ _id: projectId, line, chainEdits = [] }) => {
      const edits = editsInForce(chainEdits);
      return line.milestones.flatMap(({ actualOn: _, ...milestone }): MilestoneDue[] => {
        const on = dueOnOf(milestone);
        if (on === null || on < from || on > to) return [];
        return [{ projectId, ...milestone, on, isMoved: edits.get(milestone.code)?.kind === 'move' }];
      });
    });
    return { items, docs, more: found.length > DUE_MOST };
  }
}
