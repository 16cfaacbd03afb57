import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { RuleDraft, RulePreview } from '@svodka/shared/contracts/notice-rule';
import type { ResolvedFilter } from '@svodka/shared/filter/ast';
import { dayIn } from '@svodka/shared/rules/orders/facts';
import { actorOf } from '../../accounts/actor.ts';
import type { UserDoc } from '../../accounts/user.schema.ts';
import { UsersService } from '../../accounts/users.service.ts';
import { CustomerLetters } from '../../customers/customer-letters.service.ts';
import { Scopes } from '../../entries/scopes.ts';
import { toWire } from '../../events/event.mapper.ts';
import { maySee } from '../../events/may-see.ts';
import { Clock } from '../../platform/clock.ts';
import { RefsService } from '../../refs/refs.service.ts';
import { intentsOf } from '../decide.ts';
import type { Said } from './following.ts';
import { LiveRules } from './live-rules.ts';
import type { RuleDoc } from './rule.schema.ts';
import { RuleHistory } from './rule-history.ts';
import { RuleSet } from './rule-set.ts';

const DAYS = 30;
const DAY_MS = 86_400_000;
const SHOWN = 50;

type Telling = Said & { at: Date; readers: UserDoc[]; isCustomerTold: boolean };

/** «За 30 дней это сообщило бы …»: whom a rule would have told, had it been there, of what its asker sees. */
@Injectable()
export class PreviewService {
  constructor(
    private readonly live: LiveRules,
    private readonly history: RuleHistory,
    private readonly users: UsersService,
    private readonly customers: CustomerLetters,
    private readonly scopes: Scopes,
    private readonly refs: RefsService,
    private readonly clock: Clock,
  ) {}

  async of(user: UserDoc, draft: RuleDraft, ownerId: Id | null): Promise<RulePreview> {
    const to = this.clock.now();
    const scope = this.scopes.of(actorOf(user));
    const window = { from: new Date(to.getTime() - DAYS * DAY_MS), to };
    const { tellings, isWhole } = await this.#tellings(asRule(draft, { ownerId, since: window.from }), {
      window,
      scope,
    });
    const perDay = new Map<string, number>();
    for (const { at, readers, isCustomerTold } of tellings) {
      const day = dayIn(this.live.zone, at);
      perDay.set(day, (perDay.get(day) ?? 0) + readers.length + Number(isCustomerTold));
    }
    const shown = tellings.filter(isTold).slice(0, SHOWN);
    const items = shown.map(({ event, at, readers, isCustomerTold }) => ({
      at: at.toISOString(),
      event: toWire(event),
      userIds: readers.map(({ _id }) => _id),
      isCustomerTold,
    }));
    return {
      from: window.from.toISOString(),
      to: to.toISOString(),
      times: tellings.length,
      told: [...perDay.values()].reduce((sum, n) => sum + n, 0),
      mostPerDay: Math.max(0, ...perDay.values()),
      isWhole,
      groups: groupsOf(tellings),
      items,
      refs: await this.refs.refsOf(actorOf(user), {
        events: items.map(({ event }) => event),
        userIds: items.flatMap(({ userIds }) => userIds),
      }),
    };
  }

  /** Newest first. */
  async #tellings(
    rule: RuleDoc,
    { window, scope }: { window: { from: Date; to: Date }; scope: ResolvedFilter },
  ) {
    const { zone } = this.live;
    const [compiled] = new RuleSet([rule], { now: window.to, zone }).rules;
    if (!compiled) return { tellings: [], isWhole: true };
    const [{ said, isWhole }, people] = await Promise.all([
      this.history.of(compiled, { window, zone, scope }),
      this.live.people(),
    ]);
    const isForCustomers = rule.recipients.some(({ to }) => to === 'customer');
    const letters = isForCustomers
      ? await this.customers.agreed(await this.customers.wanted(said.map(({ event }) => event)))
      : [];
    const toCustomer = new Set(letters.map(({ event }) => event._id));
    const single = said.flatMap((one) =>
      one.words.map((word) => ({
        ...one,
        at: word.since,
        userIds: intentsOf([word], { ...one, people }).map(({ userId }) => userId),
      })),
    );
    const users = await this.users.byIds([...new Set(single.flatMap(({ userIds }) => userIds))]);
    const byId = new Map(users.map((user) => [user._id, user]));
    const tellings = single
      .map(({ userIds, ...one }): Telling => {
        const readers = userIds.flatMap((id) => byId.get(id) ?? []);
        return {
          ...one,
          readers: readers.filter((reader) => maySee(reader, one.event, this.scopes)),
          isCustomerTold: toCustomer.has(one.event._id),
        };
      })
      .sort((a, b) => b.at.getTime() - a.at.getTime());
    return { tellings, isWhole };
  }
}

/** Whether anybody would hear of it. */
const isTold = ({ readers, isCustomerTold }: Telling): boolean => readers.length > 0 || isCustomerTold;

/** A draft as if it had stood there all the time. */
const asRule = (draft: RuleDraft, { ownerId, since }: Pick<RuleDoc, 'ownerId' | 'since'>): RuleDoc => ({
  ...draft,
  _id: '',
  state: 'on',
  code: null,
  ownerId,
  createdBy: null,
  updatedAt: since,
  since,
  mutedBy: [],
  removedAt: null,
  version: 1,
});

/** Whom, by department, where there is none by the first of the roles; most first, customers last. */
function groupsOf(tellings: readonly Telling[]): RulePreview['groups'] {
  const groups = new Map<
    string,
    { by: 'department' | 'role'; name: string; people: Set<Id>; told: number }
  >();
  for (const { _id, departmentId, roles } of tellings.flatMap(({ readers }) => readers)) {
    const by = departmentId === null ? 'role' : 'department';
    const name = departmentId ?? roles[0] ?? '';
    const group = groups.get(`${by} ${name}`) ?? { by, name, people: new Set(), told: 0 };
    group.people.add(_id);
    group.told++;
    groups.set(`${by} ${name}`, group);
  }
  const staff = [...groups.values()].map((group) => ({ ...group, people: group.people.size }));
  const toCustomers = tellings.filter(({ isCustomerTold }) => isCustomerTold);
  const customers = new Set(toCustomers.map(({ order }) => order?.counterpartyId));
  return [
    ...staff.sort((a, b) => b.told - a.told),
    ...(toCustomers.length > 0
      ? [{ by: 'customer' as const, name: null, people: customers.size, told: toCustomers.length }]
      : []),
  ];
}
