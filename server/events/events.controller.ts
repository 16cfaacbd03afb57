import { Controller, Res } from '@nestjs/common';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { filterFrom } from '../platform/http/filter-query.ts';
import type { Response } from '../platform/http/request.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { PersonLimits } from '../platform/limits/person-limits.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { RefsService } from '../refs/refs.service.ts';
import { BulkService } from './bulk.service.ts';
import { ClaimsService } from './claims.service.ts';
import { toWire } from './event.mapper.ts';
import type { EventDoc } from './event.schema.ts';
import { EventCreation } from './event-creation.service.ts';
import { EventsService } from './events.service.ts';
import { ValueCountsService } from './value-counts.service.ts';

@Controller()
export class EventsController {
  constructor(
    private readonly events: EventsService,
    private readonly creation: EventCreation,
    private readonly claims: ClaimsService,
    private readonly bulk: BulkService,
    private readonly refs: RefsService,
    private readonly limits: PersonLimits,
    private readonly values: ValueCountsService,
  ) {}

  @Route('POST /events')
  async create(
    @Asked() { query: { ago }, body: create, key }: Asked<'POST /events'>,
    @CurrentUser() user: UserDoc,
    @Res({ passthrough: true }) response: Response,
  ) {
    this.#mayRing(user, create);
    const { event, isNew } = await this.creation.create(actorOf(user), create, { key, ago });
    if (!isNew) response.status(200);
    return this.#answer(user, event);
  }

  @Route('GET /events')
  async list(@Asked() { query }: Asked<'GET /events'>, @CurrentUser() user: UserDoc) {
    const { filter, ...page } = query;
    const { docs, next, more } = await this.events.list(actorOf(user), filterFrom(filter), {
      zone: user.tz,
      ...page,
    });
    const refs = await this.refs.refsOf(actorOf(user), { events: docs });
    return { items: docs.map(toWire), next, ...(more && { more }), refs };
  }

  @Route('GET /events/count')
  count(@Asked() { query: { filter } }: Asked<'GET /events/count'>, @CurrentUser() user: UserDoc) {
    return this.events.count(actorOf(user), filterFrom(filter), user.tz);
  }

  @Route('GET /events/values')
  valueCounts(
    @Asked() { query: { filter, field } }: Asked<'GET /events/values'>,
    @CurrentUser() user: UserDoc,
  ) {
    return this.values.of(actorOf(user), filterFrom(filter), user.tz, field);
  }

  @Route('POST /events/next')
  async next(@Asked() { body: { filter } }: Asked<'POST /events/next'>, @CurrentUser() user: UserDoc) {
    const event = await this.claims.next(actorOf(user), filterFrom(filter), user.tz);
    return event ? this.#answer(user, event) : { event, refs: await this.refs.refsOf(actorOf(user), {}) };
  }

  @Route('POST /events/bulk')
  async many(@Asked() { body, key }: Asked<'POST /events/bulk'>, @CurrentUser() user: UserDoc) {
    const done = await this.bulk.run(actorOf(user), user, body, key);
    const projectIds = done.refused.flatMap(({ projectId }) => projectId ?? []);
    const counterpartyIds = done.refused.flatMap((each) => each.counterpartyIds);
    const userIds = [...done.holders, ...done.refused.flatMap(({ holderId }) => holderId ?? [])];
    const refs = await this.refs.refsOf(actorOf(user), { projectIds, counterpartyIds, userIds });
    return { ...done, refs };
  }

  @Route('GET /events/:id')
  async read(@Asked() { id }: Asked<'GET /events/:id'>, @CurrentUser() user: UserDoc) {
    return this.#answer(user, await this.events.readable(actorOf(user), id));
  }

  @Route('PATCH /events/:id')
  async edit(
    @Asked() { id, body: edit, rev, key }: Asked<'PATCH /events/:id'>,
    @CurrentUser() user: UserDoc,
  ) {
    this.#mayRing(user, edit);
    return this.#answer(user, await this.events.edit(actorOf(user), id, edit, { rev, key }));
  }

  @Route('POST /events/:id/resolve')
  async resolve(@Asked() { id, rev, key }: Asked<'POST /events/:id/resolve'>, @CurrentUser() user: UserDoc) {
    return this.#answer(user, await this.events.resolve(actorOf(user), id, { rev, key }));
  }

  @Route('POST /events/:id/reopen')
  async reopen(@Asked() { id, rev, key }: Asked<'POST /events/:id/reopen'>, @CurrentUser() user: UserDoc) {
    return this.#answer(user, await this.events.reopen(actorOf(user), id, { rev, key }));
  }

  @Route('POST /events/:id/open')
  async open(@Asked() { id, rev, key }: Asked<'POST /events/:id/open'>, @CurrentUser() user: UserDoc) {
    return this.#answer(user, await this.events.open(actorOf(user), id, { rev, key }));
  }

  @Route('POST /events/:id/record')
  async record(@Asked() { id, rev, key }: Asked<'POST /events/:id/record'>, @CurrentUser() user: UserDoc) {
    return this.#answer(user, await this.events.record(actorOf(user), id, { rev, key }));
  }

  @Route('POST /events/:id/claim')
  async claim(
    @Asked() { id, body, rev, key }: Asked<'POST /events/:id/claim'>,
    @CurrentUser() user: UserDoc,
  ) {
    return this.#answer(user, await this.claims.claim(actorOf(user), id, body, { rev, key }));
  }

  @Route('POST /events/:id/release')
  async release(@Asked() { id, rev, key }: Asked<'POST /events/:id/release'>, @CurrentUser() user: UserDoc) {
    return this.#answer(user, await this.claims.release(actorOf(user), id, { rev, key }));
  }

  @Route('POST /events/:id/snooze')
  async snooze(
    @Asked() { id, body, rev, key }: Asked<'POST /events/:id/snooze'>,
    @CurrentUser() user: UserDoc,
  ) {
    return this.#answer(user, await this.claims.snooze(actorOf(user), id, body, { rev, key }));
  }

  @Route('POST /events/:id/wake')
  async wake(@Asked() { id, rev, key }: Asked<'POST /events/:id/wake'>, @CurrentUser() user: UserDoc) {
    return this.#answer(user, await this.claims.wake(actorOf(user), id, { rev, key }));
  }

  @Route('DELETE /events/:id')
  async remove(@Asked() { id, rev, key }: Asked<'DELETE /events/:id'>, @CurrentUser() user: UserDoc) {
    return { event: toWire(await this.events.remove(actorOf(user), id, { rev, key })) };
  }

  @Route('POST /events/:id/restore')
  async restore(@Asked() { id, rev, key }: Asked<'POST /events/:id/restore'>, @CurrentUser() user: UserDoc) {
    return this.#answer(user, await this.events.restore(actorOf(user), id, { rev, key }));
  }

  @Route('POST /events/:id/undo')
  async undo(@Asked() { id, rev, key }: Asked<'POST /events/:id/undo'>, @CurrentUser() user: UserDoc) {
    return this.#answer(user, await this.events.undo(actorOf(user), id, { rev, key }));
  }

  @Route('GET /events/:id/revisions')
  async revisions(@Asked() { id }: Asked<'GET /events/:id/revisions'>, @CurrentUser() user: UserDoc) {
    const items = await this.events.revisions(actorOf(user), id);
    const named = (field: string) =>
      items.flatMap(({ changes }) => [changes[field]?.from, changes[field]?.to].flat()).filter(isText);
    const refs = await this.refs.refsOf(actorOf(user), {
      userIds: [...items.flatMap(({ by }) => by ?? []), ...named('claim')],
      projectIds: named('projectId'),
      counterpartyIds: named('counterpartyIds'),
    });
    return { items, refs };
  }

  async #answer(user: UserDoc, event: EventDoc) {
    const refs = await this.refs.refsOf(actorOf(user), { events: [event] });
    return { event: toWire(event), refs };
  }

  /** @throws AppError `rate-limited` when one person makes too much noise */
  #mayRing({ _id }: UserDoc, { importance }: { importance?: string }): void {
    if (importance === 'high' || importance === 'critical') this.limits.loud(_id);
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';
