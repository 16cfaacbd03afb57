import { Controller, Get, Param, Query } from '@nestjs/common';
import { type AuditQuery, AuditQuerySchema, type AuditRecord } from '@svodka/shared/contracts/audit';
import type { Id } from '@svodka/shared/contracts/id';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import { CrewsService } from '../crews/crews.service.ts';
import { ProjectsService } from '../directory/projects.service.ts';
import { type RefsAsk, RefsService } from '../directory/refs.service.ts';
import { IdPipe } from '../platform/http/id.pipe.ts';
import { Allow } from '../platform/security/allow.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { AuditService } from './audit.service.ts';

/** «Журнал доступа», and what it tells of one order, counterparty or crew to whoever may see that. */
@Controller()
export class AuditController {
  constructor(
    private readonly audit: AuditService,
    private readonly refs: RefsService,
    private readonly projects: ProjectsService,
    private readonly counterparties: CounterpartiesService,
    private readonly crews: CrewsService,
  ) {}

  @Get('audit')
  @Allow('audit.read')
  async page(@CurrentUser() user: UserDoc, @Query({ schema: AuditQuerySchema }) query: AuditQuery) {
    const { items, next } = await this.audit.page(query);
    return { items, next, refs: await this.refs.refsOf(actorOf(user), namedBy(items)) };
  }

  @Get('projects/:id/history')
  @Allow('directory.read')
  async ofProject(@CurrentUser() user: UserDoc, @Param('id', IdPipe) id: Id) {
    await this.projects.readable(actorOf(user), id);
    return this.#history(
      user,
      await this.audit.historyOf(id, ['order.created', 'order.team', 'order.changed']),
    );
  }

  @Get('counterparties/:id/history')
  @Allow('directory.read')
  async ofCounterparty(@CurrentUser() user: UserDoc, @Param('id', IdPipe) id: Id) {
    await this.counterparties.readable(actorOf(user), id);
    const kinds = ['counterparty.created', 'counterparty.team', 'counterparty.changed'] as const;
    return this.#history(user, await this.audit.historyOf(id, kinds));
  }

  @Get('crews/:id/history')
  @Allow('directory.read')
  async ofCrew(@CurrentUser() user: UserDoc, @Param('id', IdPipe) id: Id) {
    await this.crews.get(id);
    return this.#history(user, await this.audit.historyOf(id, ['crew.created', 'crew.changed']));
  }

  async #history(user: UserDoc, items: AuditRecord[]) {
    return { items, refs: await this.refs.refsOf(actorOf(user), namedBy(items)) };
  }
}

/** The people, orders and counterparties that records name by id. */
function namedBy(items: readonly AuditRecord[]): RefsAsk {
  const of = (kind: string) => items.flatMap(({ object }) => (object?.kind === kind ? object.id : []));
  const inDetails = items.flatMap(
    ({ what, details: { from, to, added = [], removed = [], appointed = [] } }) =>
      /\.(team|created)$/.test(what) ? [from, to, added, removed, appointed].flat() : [],
  );
  const people = inDetails.filter((one): one is Id => typeof one === 'string');
  return {
    userIds: [...items.flatMap(({ who }) => who ?? []), ...of('user'), ...people],
    projectIds: of('project'),
    counterpartyIds: of('counterparty'),
  };
}
