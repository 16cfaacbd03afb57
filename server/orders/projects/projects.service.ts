import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type {
  ChainEditAsk,
  Project,
  ProjectCreate,
  ProjectEdit,
  StatusOverride,
} from '@svodka/shared/contracts/directory';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Attachment } from '@svodka/shared/contracts/file';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { MilestoneCode, ProjectStatus } from '@svodka/shared/contracts/order-codes';
import { numberKey } from '@svodka/shared/contracts/order-number';
import type { PriorFact } from '@svodka/shared/rules/orders/facts';
import { PAID_BY } from '@svodka/shared/rules/orders/fills';
import { further } from '@svodka/shared/rules/orders/status';
import { editsInForce } from '@svodka/shared/rules/orders/templates';
import {
  type Action,
  type Actor,
  isManagerByEntry,
  isOnTeam,
  mayAppointAtFirst,
  mayChangeTeam,
  mayNameManager,
  mayNumber,
  mayOfProject,
  seesConfidential,
  withRight,
} from '@svodka/shared/rules/permissions';
import { actorOf } from '../../accounts/actor.ts';
import { UsersService } from '../../accounts/users.service.ts';
import type { LiveDocuments } from '../../changes/live-documents.ts';
import { CounterpartiesService } from '../../counterparties/counterparties.service.ts';
import { cardFor, notYours } from '../../entries/cards.ts';
import { sameTerms } from '../../entries/entry.ts';
import { RewriteBell } from '../../entries/rewrite-bell.ts';
import { takenFrom, Withheld } from '../../entries/withheld.ts';
import { Clock } from '../../platform/clock.ts';
import { AppConfig } from '../../platform/config/config.ts';
import { refused } from '../../platform/errors/contract-error.ts';
import { isDuplicateKey } from '../../platform/errors/translate-driver-error.ts';
import { holds } from '../../platform/holds.ts';
import { idAside } from '../../platform/mongo/derived-id.ts';
import { lineAtBirth } from './chain-input.ts';
import { ConfidentialRepository } from './confidential.repository.ts';
import { toProject } from './project.mapper.ts';
import type { ListedProject, PlainProject, ProjectDoc } from './project.schema.ts';
import { ProjectCustomers } from './project-customers.service.ts';
import { projectScope } from './project-scope.ts';
import { type ComparedOrder, type OrderSums, ProjectsRepository } from './projects.repository.ts';

/** Who hears of a project's events: its manager and the appointed, each once. */
export const audienceOfProject = ({
  managerId,
  appointedIds,
}: Pick<ProjectDoc, 'managerId' | 'appointedIds'>): Id[] => [
  ...new Set([...(managerId ? [managerId] : []), ...appointedIds]),
];

const TRIES = 8;
const CHAIN_EDITS_MOST = 200;
/** Where a milestone is planned: what was decided last may not be in the line yet. */
function plannedOnOf({ line, chainEdits = [] }: ProjectDoc, code: MilestoneCode): string | null {
  const planned = line.milestones.find((each) => each.code === code)?.plannedOn ?? null;
  return editsInForce(chainEdits).get(code)?.on ?? planned;
}

@Injectable()
export class ProjectsService {
  constructor(
    private readonly projects: ProjectsRepository,
    private readonly customers: ProjectCustomers,
    private readonly counterparties: CounterpartiesService,
    private readonly users: UsersService,
    private readonly secrets: ConfidentialRepository,
    private readonly withheld: Withheld,
    private readonly bell: RewriteBell,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** Whoever asks. @throws AppError `not-found` */
  async get(id: Id): Promise<ProjectDoc> {
    const project = await this.projects.get(id);
    if (!project) throw new AppError('not-found', `no project ${id}`);
    return project;
  }

  /** As far as the actor may see it. @throws AppError `not-found` */
  async readable(actor: Actor, id: Id): Promise<ProjectDoc> {
    const project = await this.projects.get(id, projectScope(actor));
    if (!project) throw new AppError('not-found', `no project ${id}`);
    return project;
  }

  /** One that they may change. @throws AppError `not-found`, `forbidden` for one that they only see */
  async writable(actor: Actor, id: Id, action: Action = 'directory.write'): Promise<ProjectDoc> {
    const project = await this.readable(actor, id);
    if (!mayOfProject(actor, action, project)) throw new AppError('forbidden', action);
    return project;
  }

  /** What only a few may know of it. @throws AppError `not-found`, `forbidden` */
  async confidential(actor: Actor, id: Id): Promise<{ text: string }> {
    const project = await this.readable(actor, id);
    if (!seesConfidential(actor, project)) throw new AppError('forbidden', 'confidential');
    return { text: await this.secrets.of(id) };
  }

  byIds(ids: readonly Id[]): Promise<ProjectDoc[]> {
    return this.projects.byIds(ids);
  }

  plainByIds(ids: readonly Id[]): Promise<PlainProject[]> {
    return this.projects.plainByIds(ids);
  }

  /** As they were within the last second, mostly from memory. */
  get live(): LiveDocuments<ProjectDoc> {
    return this.projects.live;
  }

  /** Those of the ids that the actor may see. */
  visible(actor: Actor, ids: readonly Id[]): Promise<ProjectDoc[]> {
    return this.projects.byIds(ids, projectScope(actor));
  }

  /** Up to `limit` orders of a customer that the actor may see: what of them sums are made of. */
  sumsOf(actor: Actor, counterpartyId: Id, limit: number): Promise<OrderSums[]> {
    return this.projects.sumsOf(counterpartyId, projectScope(actor), limit);
  }

  /** As the contract has it, and as the actor may see it. */
  card(actor: Actor, doc: ListedProject): Project {
    return cardFor(actor, toProject(doc), isOnTeam(actor, doc));
  }

  async audienceOf(projectId: Id): Promise<Id[]> {
    return audienceOfProject(await this.get(projectId));
  }

  /**
   * A manager who does not see everything becomes the manager of what they enter, or they would not see it. Repeating
   * a create with its own id finds what the first one made.
   * @throws AppError `forbidden` for a team or a number that is not theirs to choose, `conflict` when number or id is
   * taken by what the actor can see, `validation` for unknown people or counterparty
   */
  async create(actor: Actor, create: ProjectCreate): Promise<ProjectDoc> {
    if (create.number !== undefined && !mayNumber(actor)) throw notYours('number');
    const managerId = create.managerId ?? (isManagerByEntry(actor) ? actor.id : null);
    const appointedIds = [...new Set(create.appointedIds)];
    await this.#check(actor, create);
    await this.#checkFirstTeam(actor, managerId, appointedIds);
    const { id, number, ...fields } = create;
    for (const _id of id ? [id, idAside(id, actor.id)] : [newId(this.clock.now().getTime())]) {
      const made = await this.#insert(actor, { ...fields, _id, managerId, appointedIds }, number);
      if (made) return made;
    }
    throw new AppError('conflict', '#exists', [{ field: 'id', reason: 'taken' }]);
  }

  /** Null: the id is taken by what the actor may not see. */
  async #insert(
    actor: Actor,
    fields: Omit<
      ProjectDoc,
      'number' | 'numberKey' | 'tz' | 'createdAt' | 'createdBy' | 'version' | 'terms' | 'status' | 'line'
    >,
    wanted: string | undefined,
  ): Promise<ProjectDoc | null> {
    for (;;) {
      const same = await this.projects.get(fields._id);
      if (same && (await this.#isMadeBy(actor, same, { ...fields, ...(wanted && { number: wanted }) })))
        return same;
      if (same) {
        if (!(await this.projects.get(fields._id, projectScope(actor)))) return null;
        const current = this.card(actor, same);
        throw new AppError('conflict', '#exists', [{ field: 'id', reason: 'taken' }], { current });
      }
      const number = wanted ?? (await this.projects.takeNumber());
      const createdAt = this.clock.now();
      const tz = this.config.tzDefault;
      const doc: ProjectDoc = {
        ...fields,
        number,
        numberKey: numberKey(number),
        tz,
        createdAt,
        createdBy: actor.id,
        version: 1,
        status: 'request',
        line: lineAtBirth({ ...fields, tz, createdAt }, createdAt),
        ...(await this.customers.of({ ...fields, number })),
      };
      if (await this.projects.insert(doc)) return this.customers.settled(doc);
      // Another has just taken the id, which the next look shows, or somebody has given an order this number by hand.
      if (wanted !== undefined && !(await this.projects.get(fields._id)))
        throw new AppError('conflict', '#exists', [{ field: 'number', reason: 'taken' }]);
    }
  }

  /** Whether an order is what the same was made of before, and nobody has touched it since. */
  async #isMadeBy(actor: Actor, same: ProjectDoc, said: Partial<ProjectDoc>): Promise<boolean> {
    if (same.createdBy !== actor.id || same.version !== 1) return false;
    const { counterpartyId } = await this.customers.of({ ...same, namedCounterpartyId: null, ...said });
    return holds(same, { ...said, counterpartyId });
  }

  /**
   * @param version what the editor saw; undefined: whatever it is now. What is so already is no conflict.
   * @throws AppError `not-found`, `conflict` with the current project
   */
  async edit(actor: Actor, id: Id, edit: ProjectEdit, version?: number): Promise<ProjectDoc> {
    const before = await this.writable(actor, id);
    const stale = (current: ProjectDoc) =>
      new AppError('conflict', 'stale version', [], { current: this.card(actor, current) });
    if (edit.number !== undefined && edit.number !== before.number && !mayNumber(actor))
      throw notYours('number');
    const appointedIds = [...new Set(edit.appointedIds ?? before.appointedIds)];
    if (version !== undefined && version !== before.version) {
      if (holds(before, { ...edit, appointedIds })) return before;
      throw stale(before);
    }
    await this.#check(actor, edit);
    const after = { ...before, ...edit, appointedIds };
    const audience = { before: audienceOfProject(before), after: audienceOfProject(after) };
    if (!mayChangeTeam(actor, before)) {
      if (after.managerId !== before.managerId) throw notYours('managerId');
      if (after.appointedIds.join() !== before.appointedIds.join()) throw notYours('appointedIds');
    }
    const isAnother = after.counterpartyId !== before.counterpartyId;
    const { terms, ...customer } = await this.customers.of(
      isAnother ? { ...after, namedCounterpartyId: null } : after,
    );
    const reachesEvents =
      !sameTerms(before.terms, terms) ||
      before.counterpartyId !== customer.counterpartyId ||
      audience.before.join() !== audience.after.join();
    const changes: Partial<ProjectDoc> = {
      ...edit,
      ...(after.number !== before.number && { numberKey: numberKey(after.number) }),
      ...(isAnother && before.namedCounterpartyId && { namedCounterpartyId: null }),
      ...customer,
      appointedIds: after.appointedIds,
      terms,
      ...(reachesEvents && {
        rewrite: newId(),
        taken: takenFrom({ audience: audience.before, taken: before.taken }, audience.after),
      }),
    };
    const written = await this.projects.update(id, before.version, changes).catch((error: unknown) => {
      if (isDuplicateKey(error))
        throw new AppError('conflict', '#exists', [{ field: 'number', reason: 'taken' }]);
      throw error;
    });
    if (!written) {
      return this.edit(actor, id, edit, version);
    }
    this.withheld.note('projects', written);
    const settled = await this.customers.settled(written);
    if (reachesEvents) this.bell.ring();
    return settled;
  }

  /** Sets the status against what the events say, or gives it back to them. @throws AppError `not-found` */
  override(actor: Actor, id: Id, { status, reason }: StatusOverride): Promise<ProjectDoc> {
    return this.#decide(actor, id, (before, at) => ({
      statusOverride: status && { status, reason, by: actor.id, at },
      status: status ?? further(before.line.status, before.picked ?? 'request'),
    }));
  }

  /** A status that somebody knows and no event says: it holds until they say more. */
  pick(actor: Actor, id: Id, status: ProjectStatus): Promise<ProjectDoc> {
    return this.#decide(actor, id, (before) => ({
      picked: status,
      status: before.statusOverride?.status ?? further(before.line.status, status),
    }));
  }

  /** Orders whose card names a day of a period for their installation. */
  plannedByCard(from: string, to: string, limit: number): Promise<Id[]> {
    return this.projects.plannedByCard(from, to, limit);
  }

  /** What lay behind orders that are here already: of each kind what is said last; what was paid their events know. */
  async writePrior(all: readonly { of: ProjectDoc; said: readonly PriorFact[] }[]): Promise<void> {
    const writes = all.flatMap(({ of, said }) => {
      const told = said.filter(({ type }) => !PAID_BY.includes(type));
      const types = new Set(told.map(({ type }) => type));
      const prior = [...(of.prior ?? []).filter(({ type }) => !types.has(type)), ...told];
      return isDeepStrictEqual(prior, of.prior ?? []) ? [] : [{ of, prior }];
    });
    await this.projects.writePrior(writes);
  }

  /** Takes one away that nobody has touched since it was made. @returns whether it was still so */
  remove({ _id, version }: ProjectDoc): Promise<boolean> {
    return this.projects.remove(_id, version);
  }

  /** Puts one back that was taken away while something came to name it. */
  async putBack(doc: ProjectDoc): Promise<void> {
    await this.projects.insertMany([doc]);
  }

  /**
   * Decides about one milestone of an order. An installation is moved by an event (`POST /projects/:id/work`): its day
   * is one fact.
   * @throws AppError `not-found`, `validation`: there are too many of these, or it is such a move, `conflict` with the
   *   order when somebody has moved it meanwhile
   */
  async editChain(actor: Actor, id: Id, ask: ChainEditAsk): Promise<ProjectDoc> {
    if (ask.code === 'install' && ask.kind === 'move') throw refused('kind', 'moved-by-work');
    const { seen, ...edit } = ask;
    const there = await this.writable(actor, id);
    // Sent again after a lost answer, it is decided already.
    const last = there.chainEdits?.findLast(({ code }) => code === edit.code);
    if (last?.by === actor.id && holds(last, edit)) return there;
    return this.#decide(actor, id, (before, at) => {
      const { chainEdits = [] } = before;
      if (chainEdits.length >= CHAIN_EDITS_MOST) throw refused('code', 'too-many');
      if (seen !== undefined && plannedOnOf(before, edit.code) !== seen)
        throw new AppError('conflict', 'moved meanwhile', [], { current: this.card(actor, before) });
      return { chainEdits: [...chainEdits, { ...edit, by: actor.id, at: at.toISOString() }] };
    });
  }

  /** What it carries becomes what `next` makes of it; asked again when another write came between. */
  attach(actor: Actor, id: Id, next: (files: Attachment[]) => Attachment[]): Promise<ProjectDoc> {
    return this.#decide(actor, id, ({ attachments = [] }) => ({ attachments: next(attachments) }));
  }

  async #decide(
    actor: Actor,
    id: Id,
    changes: (before: ProjectDoc, at: Date) => Partial<ProjectDoc>,
  ): Promise<ProjectDoc> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const before = await this.writable(actor, id);
      const written = await this.projects.update(id, before.version, changes(before, this.clock.now()));
      if (written) return written;
    }
    throw new AppError('unavailable', 'too many writes at once');
  }

  /** What a table is compared with of the orders of these numbers. */
  compared(numbers: readonly string[]): Promise<Map<string, ComparedOrder>> {
    return numbers.length > 0 ? this.projects.compared(numbers) : Promise.resolve(new Map());
  }

  /** The orders that there are of these numbers, by each as it is asked: however it is written, it is one order's. */
  ofNumbers(numbers: readonly string[]): Promise<Map<string, ProjectDoc>> {
    return numbers.length > 0 ? this.projects.byNumbers(numbers) : Promise.resolve(new Map());
  }

  async #checkFirstTeam(actor: Actor, managerId: Id | null, appointedIds: readonly Id[]): Promise<void> {
    if (appointedIds.length > 0 && !mayAppointAtFirst(actor, { managerId })) throw notYours('appointedIds');
    const [manager] = managerId ? await this.users.byIds([managerId]) : [];
    if (manager && !mayNameManager(actor, actorOf(manager))) throw notYours('managerId');
  }

  async #check(
    actor: Actor,
    { managerId, appointedIds = [], counterpartyId }: Partial<ProjectCreate>,
  ): Promise<void> {
    const people = [...new Set([...(managerId ? [managerId] : []), ...appointedIds])];
    const known = new Set((await this.users.byIds(people)).map(({ _id }) => _id));
    if (managerId && !known.has(managerId)) throw refused('managerId', 'unknown-user');
    if (appointedIds.some((id) => !known.has(id))) throw refused('appointedIds', 'unknown-user');
    if (!counterpartyId) return;
    const { docs, chainOf } = await this.counterparties.standing([counterpartyId]);
    const customer = docs.get(chainOf(counterpartyId).at(-1) ?? counterpartyId);
    if (
      !customer ||
      (await this.counterparties.visible(withRight(actor, 'directory.write'), [customer])).length === 0
    )
      throw refused('counterpartyId', 'unknown-counterparty');
  }
}
