import { isDeepStrictEqual } from 'node:util';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Id, IdSchema, newId } from '@svodka/shared/contracts/id';
import { MADE_BY_TELLING } from '@svodka/shared/contracts/modules';
import {
  LOUD_PER_DAY,
  type Recipient,
  type RuleCreate,
  type RuleDraft,
  type RuleEdit,
  type RulePreview,
  sayingOf,
} from '@svodka/shared/contracts/notice-rule';
import type { Filter } from '@svodka/shared/filter/ast';
import { fieldOf, type Subject } from '@svodka/shared/filter/fields';
import { toText } from '@svodka/shared/filter/text';
import { mayWriteRule } from '@svodka/shared/rules/permissions';
import { actorOf } from '../../accounts/actor.ts';
import type { UserDoc } from '../../accounts/user.schema.ts';
import { UsersService } from '../../accounts/users.service.ts';
import { Clock } from '../../platform/clock.ts';
import { refused } from '../../platform/errors/contract-error.ts';
import { filterFrom } from '../../platform/http/filter-query.ts';
import { NoticesRepository } from '../notices.repository.ts';
import { LiveRules } from './live-rules.ts';
import { PreviewService } from './preview.service.ts';
import type { RuleDoc } from './rule.schema.ts';
import { RulesRepository } from './rules.repository.ts';
import { startingRules } from './starting-rules.ts';

const MOST_RULES = 200;
/** What a rule says. When one of these changes it speaks of what comes from then on. */
const SAYING = ['filter', 'orders', 'trigger', 'state'] as const;

/** The rules of notices: of the company, and of managers about their own orders. */
@Injectable()
export class RulesService implements OnModuleInit {
  constructor(
    private readonly rules: RulesRepository,
    private readonly live: LiveRules,
    private readonly users: UsersService,
    private readonly previews: PreviewService,
    private readonly notices: NoticesRepository,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.rules.putStarting(startingRules(this.clock.now()));
  }

  /** Those of the company, and one's own; all of them to who may change all. */
  async readable(user: UserDoc): Promise<RuleDoc[]> {
    return (await this.rules.all()).filter((rule) => this.mayRead(user, rule));
  }

  mayRead(user: UserDoc, rule: RuleDoc): boolean {
    return rule.ownerId === null || mayWriteRule(actorOf(user), rule);
  }

  mayWrite(user: UserDoc, rule: RuleDoc): boolean {
    return mayWriteRule(actorOf(user), rule);
  }

  /** What a draft of this person would have told. @throws AppError `validation` for what it cannot mean */
  async preview(user: UserDoc, draft: RuleDraft): Promise<RulePreview> {
    return this.previews.of(user, await this.#said(draft), ownerOf(user));
  }

  /**
   * Idempotent by the id that a client may give.
   * @throws AppError `conflict` when the id is taken by another rule, `validation` for what it cannot mean
   */
  async create(
    user: UserDoc,
    { id, isSure, ...input }: RuleCreate,
  ): Promise<{ rule: RuleDoc; isNew: boolean }> {
    const said = await this.#said(input);
    if (said.name === null) throw refused('name', 'empty');
    if ((await this.rules.all()).length >= MOST_RULES) throw refused('name', 'too-many-rules');
    const ownerId = ownerOf(user);
    // What was sent before was asked about then.
    if (!isSure && !(id && (await this.rules.get(id)))) await this.#refuseLoud(user, said, ownerId);
    const now = this.clock.now();
    const doc: RuleDoc = {
      ...said,
      _id: id ?? newId(now.getTime()),
      code: null,
      ownerId,
      createdBy: user._id,
      updatedAt: now,
      since: now,
      mutedBy: [],
      removedAt: null,
      version: 1,
    };
    const isNew = await this.rules.insert(doc);
    this.live.forget();
    if (isNew) return { rule: doc, isNew };
    const taken = await this.rules.get(doc._id);
    if (taken?.createdBy === user._id && taken.removedAt === null) {
      // Once somebody has changed it, only its name is left to tell.
      const isSame =
        taken.version === 1 ? isDeepStrictEqual(sayingOf(taken), said) : taken.name === said.name;
      if (isSame) return { rule: taken, isNew: false };
      throw new Stale(taken);
    }
    throw new AppError('conflict', 'a rule with this id exists');
  }

  /**
   * @param version what the editor saw; undefined: whatever it is now
   * @throws AppError `not-found`, `forbidden`, `conflict` with the current rule
   */
  async edit(
    user: UserDoc,
    id: Id,
    { isSure = false, ...edit }: RuleEdit,
    version?: number,
  ): Promise<RuleDoc> {
    const before = await this.#writable(user, id);
    if (before.removedAt) throw new AppError('not-found', `no rule ${id}`);
    const said = await this.#said({ ...sayingOf(before), ...edit });
    if (version !== undefined && version !== before.version) {
      // Sent again after a lost answer, it is so already.
      if (isDeepStrictEqual(said, sayingOf(before))) return before;
      throw new Stale(before);
    }
    if (said.name === null && before.code === null) throw refused('name', 'empty');
    const isOther = [...SAYING, 'recipients' as const].some(
      (field) => !isDeepStrictEqual(said[field], before[field]),
    );
    if (isOther && !isSure) await this.#refuseLoud(user, said, before.ownerId);
    return this.#write(before, said).catch((error: unknown) => {
      if (error instanceof Stale && isDeepStrictEqual(said, sayingOf(error.rule))) return error.rule;
      throw error;
    });
  }

  /** Whoever lets a rule call many is asked once more. */
  async #refuseLoud(user: UserDoc, said: RuleDraft, ownerId: Id | null): Promise<void> {
    if (said.state !== 'on') return;
    const { mostPerDay } = await this.previews.of(user, said, ownerId);
    if (mostPerDay > LOUD_PER_DAY)
      throw new AppError('conflict', 'it would tell many', [{ field: 'isSure', reason: 'rule-loud' }]);
  }

  async remove(user: UserDoc, id: Id): Promise<void> {
    const before = await this.#writable(user, id);
    if (!before.removedAt) await this.#write(before, { removedAt: this.clock.now() });
  }

  async restore(user: UserDoc, id: Id): Promise<RuleDoc> {
    const before = await this.#writable(user, id);
    return before.removedAt ? this.#write(before, { removedAt: null, since: this.clock.now() }) : before;
  }

  /** Whether a person wants to hear of a rule. @throws AppError `not-found` */
  async mute(user: UserDoc, id: Id, isMuted: boolean): Promise<RuleDoc> {
    const known = await this.rules.get(id);
    const mayMute =
      known &&
      (this.mayRead(user, known) ||
        known.mutedBy.includes(user._id) ||
        // A manager's own rule may tell others, who do not read it.
        (await this.notices.isToldBy(user._id, id)));
    const rule = mayMute ? await this.rules.mute(id, user._id, isMuted) : null;
    this.live.forget();
    if (!rule) throw new AppError('not-found', `no rule ${id}`);
    return rule;
  }

  /** A rule that the person may change. Those of other managers do not exist for them. */
  async #writable(user: UserDoc, id: Id): Promise<RuleDoc> {
    const rule = await this.rules.get(id);
    const mayWrite = rule && mayWriteRule(actorOf(user), rule);
    if (rule && mayWrite) return rule;
    if (rule && rule.ownerId === null) throw new AppError('forbidden', 'a rule of the company');
    throw new AppError('not-found', `no rule ${id}`);
  }

  async #write(before: RuleDoc, changes: Partial<RuleDoc>): Promise<RuleDoc> {
    const now = this.clock.now();
    const isOther = SAYING.some(
      (field) => field in changes && !isDeepStrictEqual(changes[field], before[field]),
    );
    const written = await this.rules.update(before._id, before.version, {
      ...changes,
      updatedAt: now,
      ...(isOther && { since: now }),
    });
    this.live.forget();
    if (written) return written;
    throw new Stale((await this.rules.get(before._id)) ?? before);
  }

  /** What a draft says, in its canonical form. @throws AppError `validation` */
  async #said(draft: RuleDraft): Promise<RuleDraft> {
    const filter = textOf('filter', draft.filter, 'events');
    const orders = draft.orders === null ? null : textOf('orders', draft.orders, 'orders');
    const all = [...draft.recipients, ...(draft.escalation?.recipients ?? [])];
    if (draft.escalation?.recipients.some(({ to }) => to === 'customer'))
      throw refused('escalation.recipients', 'customer-waits-for-nobody');
    const ids = [...new Set(all.flatMap((one) => (one.to === 'person' ? one.id : [])))];
    if ((await this.users.byIds(ids)).length < ids.length) throw refused('recipients', 'unknown-user');
    return {
      ...draft,
      filter,
      orders: orders === '' ? null : orders,
      recipients: once(draft.recipients),
      escalation: draft.escalation && {
        ...draft.escalation,
        recipients: once(draft.escalation.recipients),
      },
    };
  }
}

/** Carries the rule as it is by now, for whoever answers with it. */
export class Stale extends Error {
  constructor(readonly rule: RuleDoc) {
    super('stale version');
  }
}

/** An administrator writes for the company, a manager about their own orders. */
const ownerOf = (user: UserDoc): Id | null => (user.roles.includes('administrator') ? null : user._id);

const once = (recipients: readonly Recipient[]): Recipient[] => [
  ...new Map(recipients.map((one) => [JSON.stringify(one), one])).values(),
];

function textOf(field: 'filter' | 'orders', text: string, subject: Subject): string {
  const filter = parsed(field, text, subject);
  if (asksForTold(filter)) throw refused(field, 'rule-loop');
  // A name in the place of an id finds nothing, and the rule would be silent for ever.
  if (namesNothing(filter)) throw refused(field, 'rule-name');
  return toText(filter);
}

function namesNothing(filter: Filter): boolean {
  if ('and' in filter) return filter.and.some(namesNothing);
  if ('or' in filter) return filter.or.some(namesNothing);
  if ('not' in filter) return namesNothing(filter.not);
  return (
    'in' in filter &&
    fieldOf(filter.field).ref !== undefined &&
    filter.in.some((value) => !IdSchema.safeParse(value).success)
  );
}

function parsed(field: string, text: string, subject: Subject): Filter {
  try {
    return filterFrom(text, subject);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const details = error.details.map((detail) => ({ ...detail, field }));
    throw new AppError(error.code, error.message, details);
  }
}

/** Whether a filter asks for what rules make: such a rule would hear itself. (None is told of these by a wider filter.) */
function asksForTold(filter: Filter): boolean {
  if ('and' in filter) return filter.and.some(asksForTold);
  if ('or' in filter) return filter.or.some(asksForTold);
  return (
    'in' in filter &&
    filter.field === 'type' &&
    filter.in.some((type) => (MADE_BY_TELLING as readonly string[]).includes(type))
  );
}
