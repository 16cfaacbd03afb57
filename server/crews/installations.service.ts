import { Injectable } from '@nestjs/common';
import type {
  BusyWork,
  Installation,
  InstallationsPage,
  InstallationsQuery,
  WorkMove,
  WorkPreview,
} from '@svodka/shared/contracts/crews';
import { AppError } from '@svodka/shared/contracts/errors';
import { EventCreateSchema } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import type { ChainMove } from '@svodka/shared/contracts/orders';
import { translate } from '@svodka/shared/messages/catalogue';
import { chainOf } from '@svodka/shared/rules/orders/chain';
import { movedBy } from '@svodka/shared/rules/orders/chain-moves';
import { dayIn, type Fact, type FactEvent, factsOf } from '@svodka/shared/rules/orders/facts';
import { isFirstDay, isInstalled, isWithin, type Work, workOf } from '@svodka/shared/rules/orders/work';
import { type Actor, mayOfProject, seesProject } from '@svodka/shared/rules/permissions';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { type Created, EventCreation } from '../events/event-creation.service.ts';
import { EventsService } from '../events/events.service.ts';
import { type FactDoc, FactsRepository } from '../orders/facts.repository.ts';
import { cardOf } from '../orders/projects/chain-input.ts';
import type { ProjectDoc } from '../orders/projects/project.schema.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { derivedId, momentOfId } from '../platform/mongo/derived-id.ts';
import { CrewsService } from './crews.service.ts';
import { PlannedRepository } from './planned.repository.ts';

/** A period with more planned days than this is told in part. */
const PLANNED_MOST = 5_000;
/** So many orders' facts are read at once, and so many facts of them. */
const ORDERS_AT_ONCE = 100;
const FACTS_MOST = 20_000;
/** Events may be written so far ahead of this node's clock; a little less. */
const AHEAD_MS = 240_000;
/** Moves that were taken back before one that stands: who undoes more often waits. */
const UNDONE_MOST = 50;

/** The calendar of installations: derived from events whenever somebody asks, changed by events only. Laws: SPEC.md. */
@Injectable()
export class InstallationsService {
  constructor(
    private readonly projects: ProjectsService,
    private readonly facts: FactsRepository,
    private readonly planned: PlannedRepository,
    private readonly crews: CrewsService,
    private readonly events: EventsService,
    private readonly creation: EventCreation,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** What is planned in a period: of orders that the actor sees whole, of others that a place is taken. */
  async within(
    actor: Actor,
    { from, to, projects }: InstallationsQuery,
  ): Promise<InstallationsPage & { docs: ProjectDoc[] }> {
    const { ids, more } = projects ? { ids: projects, more: false } : await this.#ordersOf(from, to);
    const items: Installation[] = [];
    const busy: BusyWork[] = [];
    const shown: ProjectDoc[] = [];
    for (let at = 0; at < ids.length; at += ORDERS_AT_ONCE) {
      const docs = await this.projects.byIds(ids.slice(at, at + ORDERS_AT_ONCE));
      const facts = await this.facts.byProject(
        docs.map(({ _id }) => _id),
        FACTS_MOST,
      );
      for (const project of docs) {
        const all = this.#derive(project, facts.get(project._id) ?? []);
        const inside = all.filter((each) => isWithin(each, { from, to }));
        if (inside.length === 0) continue;
        if (seesProject(actor, project)) {
          const mayMove = mayOfProject(actor, 'work.plan', project);
          items.push(...(mayMove ? inside : inside.map((each) => ({ ...each, plannedBy: null }))));
          shown.push(project);
        } else if (!projects) {
          busy.push(
            ...inside.map(({ startOn, finishOn, crew, state }) => ({ startOn, finishOn, crew, state })),
          );
        }
      }
    }
    return { items, busy, more, docs: shown, todayOn: dayIn(this.config.tzDefault, this.clock.now()) };
  }

  /** Orders of which an event, or what lay behind them, names a day of a period. */
  async #ordersOf(from: string, to: string): Promise<{ ids: Id[]; more: boolean }> {
    const [told, byCard] = await Promise.all([
      this.planned.projectsOf(from, to, PLANNED_MOST),
      this.projects.plannedByCard(from, to, PLANNED_MOST + 1),
    ]);
    const ids = [...new Set([...told.ids, ...byCard.slice(0, PLANNED_MOST)])];
    return { ids, more: told.more || byCard.length > PLANNED_MOST };
  }

  /**
   * What moves with an installation: later milestones of its order; and whether nothing is put off by it.
   * @throws AppError `not-found` for an order that the actor does not see, `forbidden` for one that is not theirs to plan
   */
  async preview(
    actor: Actor,
    projectId: Id,
    to: WorkPreview,
  ): Promise<{ moves: ChainMove[]; isFirst: boolean }> {
    const project = await this.projects.writable(actor, projectId, 'work.plan');
    const docs = (await this.facts.byProject([projectId], FACTS_MOST)).get(projectId) ?? [];
    const events = docs.map((doc): FactEvent => ({ ...doc, id: doc._id }));
    const now = this.clock.now();
    const moved: FactEvent = {
      id: 'moved',
      version: 1,
      type: 'work.rescheduled',
      occurredAt: this.#momentAfter(docs, now),
      dueAt: null,
      status: 'recorded',
      resolved: null,
      deletedAt: null,
      payload: { ...to },
    };
    return {
      moves: movedBy(this.#chain(project, events), this.#chain(project, [...events, moved])),
      isFirst: this.#isFirst(project, docs, to),
    };
  }

  /**
   * Writes that an installation is on other days or with another crew, if it still is where the mover saw it.
   * @throws AppError `not-found`, `forbidden`, `validation` for a crew that is none or a reason that is missing, `conflict` with the installation as it is now
   */
  async move(user: UserDoc, projectId: Id, move: WorkMove): Promise<Created> {
    const actor = actorOf(user);
    const project = await this.projects.writable(actor, projectId, 'work.plan');
    const crew = move.crew === null ? null : ((await this.crews.named(move.crew)) ?? null);
    if (move.crew !== null && !crew) throw refused('crew', 'unknown-crew');
    const before = await this.#now(projectId);
    const current = before.works.find(({ stage }) => stage === move.stage) ?? null;
    if (!isInstalled(project.template ?? 'private', project.chainEdits)) throw refused('stage', 'no-work');
    if (current && current.crew !== null && crew === null) throw refused('crew', 'crew-needed');
    if (!isAsSeen(current, move)) throw this.#overtaken(project, before.docs, move.stage);
    if (move.reason === undefined && !this.#isFirst(project, before.docs, move))
      throw refused('reason', 'required');
    const { startOn, finishOn, stage, reason } = move;
    const isStaged = stage > 1 || (current?.stages ?? 1) > 1;
    const isMoved = current?.plannedBy && current.startOn !== startOn;
    const body = EventCreateSchema.parse({
      type: current?.plannedBy ? 'work.rescheduled' : 'work.planned',
      title: translate('ru', `said.title.work.${isMoved ? 'moved' : 'planned'}${isStaged ? '.stage' : ''}`, {
        from: plain(current?.startOn ?? startOn),
        to: plain(startOn),
        crew: crew?.name ?? translate('ru', 'said.word.noCrew'),
        stage,
      }),
      // The manager and the appointed hear of what the customer will have to be told.
      importance: current?.promisedOn && finishOn > current.promisedOn ? 'high' : 'normal',
      occurredAt: this.#momentAfter(before.docs, this.clock.now()).toISOString(),
      projectId,
      payload: {
        startOn,
        finishOn,
        ...(reason && { reason }),
        ...(crew && { crew: crew._id }),
        ...(isStaged && { stage }),
      },
    });
    const id = await this.#freeId(projectId, stage, current?.plannedBy?.id ?? null);
    if (!id) throw this.#overtaken(project, (await this.#now(projectId)).docs, stage);
    try {
      return await this.creation.create(actor, { ...body, id });
    } catch (error) {
      // Somebody has written the move that follows this plan between the look and the write.
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
      throw this.#overtaken(project, (await this.#now(projectId)).docs, stage);
    }
  }

  /**
   * A move has the id that follows from the plan that it replaces, so that of two at once one is refused by the store.
   * One that was taken back leaves its id behind, and the next stands beside it. Null: a move stands there already.
   */
  async #freeId(projectId: Id, stage: number, after: Id | null): Promise<Id | null> {
    const at = momentOfId(after ?? projectId);
    for (let turn = 0; turn < UNDONE_MOST; turn++) {
      const id = derivedId(at, 'work', projectId, String(stage), after ?? '', String(turn));
      const [taken] = await this.events.byIds([id]);
      if (!taken) return id;
      if (taken.deletedAt === null) return null;
    }
    return null;
  }

  #overtaken(project: ProjectDoc, docs: readonly FactDoc[], stage: number): AppError {
    const current = this.#derive(project, docs).find((each) => each.stage === stage);
    return new AppError('conflict', 'the installation has been moved', [], { ...(current && { current }) });
  }

  async #now(projectId: Id): Promise<{ docs: FactDoc[]; works: Work[] }> {
    const project = await this.projects.get(projectId);
    const docs = (await this.facts.byProject([projectId], FACTS_MOST)).get(projectId) ?? [];
    return { docs, works: this.#works(project, docs) };
  }

  /** The latest fact wins: a move is later than whatever it moves, also where clocks differ. */
  #momentAfter(docs: readonly FactDoc[], now: Date): Date {
    const last = Math.max(0, ...docs.map(({ occurredAt }) => occurredAt.getTime()));
    return new Date(Math.max(now.getTime(), last < now.getTime() + AHEAD_MS ? last + 1 : 0));
  }

  #isFirst(
    project: ProjectDoc,
    docs: readonly FactDoc[],
    { stage, startOn }: Pick<WorkPreview, 'stage' | 'startOn'>,
  ) {
    return isFirstDay(this.#facts(project, docs), project.template ?? 'private', stage, startOn);
  }

  #works(project: ProjectDoc, docs: readonly FactDoc[]): Work[] {
    return workOf(this.#facts(project, docs), project.template ?? 'private', project.chainEdits);
  }

  #facts(project: ProjectDoc, docs: readonly FactDoc[]): readonly Fact[] {
    const events = docs.map((doc): FactEvent => ({ ...doc, id: doc._id }));
    const todayOn = dayIn(project.tz, this.clock.now());
    return factsOf(events, project.tz, todayOn, project.prior).facts;
  }

  #derive(project: ProjectDoc, docs: readonly FactDoc[]): Installation[] {
    const works = this.#works(project, docs);
    if (works.length === 0) return [];
    const chain = this.#chain(
      project,
      docs.map((doc) => ({ ...doc, id: doc._id })),
    );
    if (chain.flags.includes('cancelled')) return [];
    const isPaused = chain.flags.includes('paused');
    const byId = new Map(docs.map((doc) => [doc._id, doc]));
    return works.map(({ plannedBy, dayBy: _dayBy, state, ...work }) => {
      const doc = plannedBy && byId.get(plannedBy.id);
      // A stage waits for its own goods.
      const own = chain.stages.find(({ stage }) => stage === work.stage)?.milestones ?? [];
      const of = (code: 'ready' | 'install') =>
        [...own, ...chain.milestones].find((each) => each.code === code);
      const ready = of('ready');
      return {
        projectId: project._id,
        ...work,
        state: isPaused && state !== 'done' ? 'paused' : state,
        slipWd: state === 'done' ? 0 : (of('install')?.slipWd ?? 0),
        goods: {
          done: ready?.progress.done ?? 0,
          total: ready?.progress.total ?? null,
          isReady: ready?.state === 'done' || ready?.state === 'skipped',
          readyOn: ready?.forecastOn ?? null,
        },
        plannedBy: doc
          ? { eventId: doc._id, userId: doc.author.userId, at: doc.occurredAt.toISOString() }
          : null,
      };
    });
  }

  #chain(project: ProjectDoc, events: readonly FactEvent[]): ReturnType<typeof chainOf> {
    return chainOf({ ...cardOf(project), now: this.clock.now(), events });
  }
}

/** «03.12» */
const plain = (day: string): string => `${day.slice(8)}.${day.slice(5, 7)}`;

/** Whether what is planned is what the mover saw. */
function isAsSeen(now: Work | null, { seen }: WorkMove): boolean {
  if (seen === null || !now?.plannedBy) return seen === null && !now?.plannedBy;
  return (
    seen.eventId === now.plannedBy.id &&
    seen.startOn === now.startOn &&
    seen.finishOn === now.finishOn &&
    seen.crew === now.crew
  );
}
