import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import {
  type EventCreate,
  EventCreateSchema,
  type EventEdit,
  EventEditSchema,
} from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { RefsService } from '../directory/refs.service.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { IdPipe } from '../platform/http/id.pipe.ts';
import { idempotencyKey } from '../platform/http/idempotency-key.ts';
import { ifMatch } from '../platform/http/if-match.ts';
import type { Response } from '../platform/http/request.ts';
import { PersonLimits } from '../platform/limits/person-limits.ts';
import { Allow } from '../platform/security/allow.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { toWire } from './event.mapper.ts';
import type { EventDoc } from './event.schema.ts';
import { EventsService, type Guard } from './events.service.ts';
import {
  type CountQuery,
  CountQuerySchema,
  type EventsQuery,
  EventsQuerySchema,
  filterFrom,
  type ValuesQuery,
  ValuesQuerySchema,
} from './filter-query.ts';
import { ValueCountsService } from './value-counts.service.ts';

@Controller('events')
export class EventsController {
  constructor(
    private readonly events: EventsService,
    private readonly refs: RefsService,
    private readonly limits: PersonLimits,
    private readonly values: ValueCountsService,
  ) {}

  @Post()
  @Allow('signed-in')
  async create(
    @CurrentUser() user: UserDoc,
    @Body({ schema: EventCreateSchema }) create: EventCreate,
    @Res({ passthrough: true }) response: Response,
    @Headers('idempotency-key') key?: string,
  ) {
    this.#mayRing(user, create);
    const { event, isNew } = await this.events.create(actorOf(user), create, {
      key: idempotencyKey(key),
    });
    if (!isNew) response.status(200);
    return this.#answer(user, event);
  }

  @Get()
  @Allow('signed-in')
  async list(@CurrentUser() user: UserDoc, @Query({ schema: EventsQuerySchema }) query: EventsQuery) {
    const { filter, ...page } = query;
    const { docs, next, more } = await this.events.list(actorOf(user), filterFrom(filter), {
      zone: user.tz,
      ...page,
    });
    const refs = await this.refs.refsOf(actorOf(user), { events: docs });
    return { items: docs.map(toWire), next, ...(more && { more }), refs };
  }

  @Get('count')
  @Allow('signed-in')
  count(@CurrentUser() user: UserDoc, @Query({ schema: CountQuerySchema }) { filter }: CountQuery) {
    return this.events.count(actorOf(user), filterFrom(filter), user.tz);
  }

  @Get('values')
  @Allow('signed-in')
  valueCounts(
    @CurrentUser() user: UserDoc,
    @Query({ schema: ValuesQuerySchema }) { filter, field }: ValuesQuery,
  ) {
    return this.values.of(actorOf(user), filterFrom(filter), user.tz, field);
  }

  @Get(':id')
  @Allow('signed-in')
  async read(@CurrentUser() user: UserDoc, @Param('id', IdPipe) id: Id) {
    return this.#answer(user, await this.events.readable(actorOf(user), id));
  }

  @Patch(':id')
  @Allow('signed-in')
  async edit(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) id: Id,
    @Body({ schema: EventEditSchema }) edit: EventEdit,
    @Headers('if-match') match?: string,
    @Headers('idempotency-key') key?: string,
  ) {
    this.#mayRing(user, edit);
    const rev = ifMatch(match);
    if (rev === undefined) throw refused('If-Match', 'precondition');
    return this.#answer(
      user,
      await this.events.edit(actorOf(user), id, edit, { rev, key: idempotencyKey(key) }),
    );
  }

  @Post(':id/resolve')
  @HttpCode(200)
  @Allow('signed-in')
  async resolve(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) id: Id,
    @Headers('if-match') match?: string,
    @Headers('idempotency-key') key?: string,
  ) {
    return this.#answer(user, await this.events.resolve(actorOf(user), id, guard(match, key)));
  }

  @Post(':id/reopen')
  @HttpCode(200)
  @Allow('signed-in')
  async reopen(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) id: Id,
    @Headers('if-match') match?: string,
    @Headers('idempotency-key') key?: string,
  ) {
    return this.#answer(user, await this.events.reopen(actorOf(user), id, guard(match, key)));
  }

  @Post(':id/open')
  @HttpCode(200)
  @Allow('signed-in')
  async open(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) id: Id,
    @Headers('if-match') match?: string,
    @Headers('idempotency-key') key?: string,
  ) {
    return this.#answer(user, await this.events.open(actorOf(user), id, guard(match, key)));
  }

  @Post(':id/record')
  @HttpCode(200)
  @Allow('signed-in')
  async record(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) id: Id,
    @Headers('if-match') match?: string,
    @Headers('idempotency-key') key?: string,
  ) {
    return this.#answer(user, await this.events.record(actorOf(user), id, guard(match, key)));
  }

  @Delete(':id')
  @Allow('signed-in')
  async remove(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) id: Id,
    @Headers('if-match') match?: string,
    @Headers('idempotency-key') key?: string,
  ) {
    return { event: toWire(await this.events.remove(actorOf(user), id, guard(match, key))) };
  }

  @Post(':id/restore')
  @HttpCode(200)
  @Allow('signed-in')
  async restore(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) id: Id,
    @Headers('if-match') match?: string,
    @Headers('idempotency-key') key?: string,
  ) {
    return this.#answer(user, await this.events.restore(actorOf(user), id, guard(match, key)));
  }

  @Get(':id/revisions')
  @Allow('signed-in')
  async revisions(@CurrentUser() user: UserDoc, @Param('id', IdPipe) id: Id) {
    const items = await this.events.revisions(actorOf(user), id);
    const named = (field: string) =>
      items.flatMap(({ changes }) => [changes[field]?.from, changes[field]?.to].flat()).filter(isText);
    const refs = await this.refs.refsOf(actorOf(user), {
      userIds: items.flatMap(({ by }) => by ?? []),
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

const guard = (match?: string, key?: string): Guard => ({ rev: ifMatch(match), key: idempotencyKey(key) });

const isText = (value: unknown): value is string => typeof value === 'string';
