import { Controller, Res } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import type { NoticeRule } from '@svodka/shared/contracts/notice-rule';
import { actorOf } from '../../accounts/actor.ts';
import type { UserDoc } from '../../accounts/user.schema.ts';
import { Clock } from '../../platform/clock.ts';
import type { Response } from '../../platform/http/request.ts';
import { Asked, Route } from '../../platform/http/route.decorator.ts';
import { CurrentUser } from '../../platform/security/current-user.decorator.ts';
import { RefsService } from '../../refs/refs.service.ts';
import { NoticesRepository } from '../notices.repository.ts';
import { type RuleDoc, toRule } from './rule.schema.ts';
import { RulesRepository } from './rules.repository.ts';
import { RulesService, Stale } from './rules.service.ts';
import { ToldService } from './told.service.ts';

const COUNTED_MS = 30 * 86_400_000;

@Controller()
export class RulesController {
  constructor(
    private readonly rules: RulesService,
    private readonly stored: RulesRepository,
    private readonly told: ToldService,
    private readonly notices: NoticesRepository,
    private readonly refs: RefsService,
    private readonly clock: Clock,
  ) {}

  @Route('GET /rules')
  async list(@CurrentUser() user: UserDoc) {
    const items = await this.#shown(user, await this.rules.readable(user));
    const named = items.flatMap(({ recipients, escalation, ownerId, createdBy }) => [
      ...[...recipients, ...(escalation?.recipients ?? [])].map((one) =>
        one.to === 'person' ? one.id : null,
      ),
      ownerId,
      createdBy,
    ]);
    const userIds = named.filter((id): id is Id => id !== null);
    return { items, refs: await this.refs.refsOf(actorOf(user), { userIds }) };
  }

  @Route('POST /rules')
  async create(
    @Asked() { body }: Asked<'POST /rules'>,
    @CurrentUser() user: UserDoc,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { rule, isNew } = await this.#fresh(user, this.rules.create(user, body));
    if (!isNew) response.status(200);
    return this.#one(user, rule);
  }

  @Route('PATCH /rules/:id')
  async edit(@Asked() { id, body, rev }: Asked<'PATCH /rules/:id'>, @CurrentUser() user: UserDoc) {
    return this.#one(user, await this.#fresh(user, this.rules.edit(user, id, body, rev)));
  }

  @Route('DELETE /rules/:id')
  async remove(@Asked() { id }: Asked<'DELETE /rules/:id'>, @CurrentUser() user: UserDoc) {
    await this.rules.remove(user, id);
  }

  @Route('POST /rules/:id/restore')
  async restore(@Asked() { id }: Asked<'POST /rules/:id/restore'>, @CurrentUser() user: UserDoc) {
    return this.#one(user, await this.rules.restore(user, id));
  }

  @Route('POST /rules/:id/mute')
  async mute(@Asked() { id, body }: Asked<'POST /rules/:id/mute'>, @CurrentUser() user: UserDoc) {
    return this.#one(user, await this.rules.mute(user, id, body.isMuted));
  }

  @Route('POST /rules/preview')
  preview(@Asked() { body }: Asked<'POST /rules/preview'>, @CurrentUser() user: UserDoc) {
    return this.rules.preview(user, body);
  }

  @Route('GET /notices/:id/why')
  async why(@Asked() { id }: Asked<'GET /notices/:id/why'>, @CurrentUser() user: UserDoc) {
    const notice = await this.notices.get(id);
    if (notice?.userId !== user._id || notice.suppressed) throw new AppError('not-found', `no notice ${id}`);
    const docs = await this.stored.byIds(notice.ruleIds ?? []);
    const rules = await this.#shown(user, docs);
    return {
      rules: rules.map((rule, at) => {
        const doc = docs[at] as RuleDoc;
        return { ...rule, isRemoved: doc.removedAt !== null, mayWrite: this.rules.mayWrite(user, doc) };
      }),
    };
  }

  @Route('GET /events/:id/told')
  toldOf(@Asked() { id }: Asked<'GET /events/:id/told'>, @CurrentUser() user: UserDoc) {
    return this.told.of(user, id);
  }

  /** What a write gives; what somebody has written meanwhile goes with the refusal. */
  async #fresh<T>(user: UserDoc, write: Promise<T>): Promise<T> {
    try {
      return await write;
    } catch (error) {
      if (!(error instanceof Stale)) throw error;
      const current = await this.#one(user, error.rule);
      throw new AppError('conflict', error.message, [], { current });
    }
  }

  async #one(user: UserDoc, rule: RuleDoc): Promise<NoticeRule> {
    const [shown] = await this.#shown(user, [rule]);
    return shown as NoticeRule;
  }

  async #shown(user: UserDoc, rules: readonly RuleDoc[]): Promise<NoticeRule[]> {
    const since = new Date(this.clock.now().getTime() - COUNTED_MS);
    return Promise.all(
      rules.map(async (rule) =>
        toRule(rule, { readerId: user._id, told: await this.notices.countOf(rule._id, since) }),
      ),
    );
  }
}
