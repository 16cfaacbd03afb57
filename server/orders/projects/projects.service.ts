import { Injectable } from '@nestjs/common';
import type {
  ChainEditAsk,
  OrdersQuery,
  Project,
  ProjectCreate,
  ProjectEdit,
  StatusOverride,
} from '@svodka/shared/contracts/directory';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Attachment } from '@svodka/shared/contracts/file';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { MilestoneCode, ProjectStatus } from '@svodka/shared/contracts/order-codes';
import type { MilestoneDue, MilestonesQuery } from '@svodka/shared/contracts/orders';
import { and, conjunctsOf, type ResolvedFilter } from '@svodka/shared/filter/ast';
import { asksOf, openly as withoutCards } from '@svodka/shared/filter/edit';
import { resolveFilter } from '@svodka/shared/filter/resolve';
import { dueOnOf } from '@svodka/shared/rules/orders/line';
import { further } from '@svodka/shared/rules/orders/status';
import { editsInForce } from '@svodka/shared/rules/orders/templates';
import {
  type Actor,
  cardFields,
  findsByCards,
  isManagerByEntry,
  may,
  mayAppointAtFirst,
  mayChangeTeam,
  mayNameManager,
  mayNumber,
  seesAllLines,
  seesConfidential,
} from '@svodka/shared/rules/permissions';
import { actorOf } from '../../accounts/actor.ts';
import { UsersService } from '../../accounts/users.service.ts';
import type { LiveDocuments } from '../../changes/live-documents.ts';
import { CounterpartiesService } from '../../counterparties/counterparties.service.ts';
import { StandIns } from '../../counterparties/stand-ins.ts';
import { cardFor, notYours } from '../../entries/cards.ts';
import { sameTerms } from '../../entries/entry.ts';
import { RewriteBell } from '../../entries/rewrite-bell.ts';
import { takenFrom, Withheld } from '../../entries/withheld.ts';
import { Clock } from '../../platform/clock.ts';
import { AppConfig } from '../../platform/config/config.ts';
import { refused } from '../../platform/errors/contract-error.ts';
import { isDuplicateKey } from '../../platform/errors/translate-driver-error.ts';
import { filterFrom } from '../../platform/http/filter-query.ts';
import { idAside } from '../../platform/mongo/derived-id.ts';
import { lineAtBirth } from './chain-input.ts';
import { ConfidentialRepository } from './confidential.repository.ts';
import { placeFrom, placeOf } from './orders-list.ts';
import { toProject } from './project.mapper.ts';
import type { ListedProject, PlainProject, ProjectDoc } from './project.schema.ts';
import { isOnTeam, ownProjects, projectScope } from './project-scope.ts';
import { termsOfProject } from './project-terms.ts';
import { type OrderSums, ProjectsRepository } from './projects.repository.ts';

/** Who hears of a project's events: its manager and the appointed, each once. */
export const audienceOfProject = ({
  managerId,
  appointedIds,
}: Pick<ProjectDoc, 'managerId' | 'appointedIds'>): Id[] => [
  ...new Set([...(managerId ? [managerId] : []), ...appointedIds]),
];

/** What may be known of an order that an import makes. */
export type BornCard = Partial<
  Pick<
    ProjectDoc,
    | '_id'
    | 'counterpartyId'
    | 'objectAddress'
    | 'managerId'
    | 'amountKop'
    | 'note'
    | 'template'
    | 'status'
    | 'picked'
  >
>;
const NO_CARD = {
  counterpartyId: null,
  objectAddress: '',
  managerId: null,
  amountKop: null,
  note: '',
};

const BATCH = 100;
const TRIES = 8;
const CHAIN_EDITS_MOST = 200;
/** A period with more orders than this is told in part. */
const DUE_MOST = 1_000;

/** Where a milestone is planned: what was decided last may not be in the line yet. */
function plannedOnOf({ line, chainEdits = [] }: ProjectDoc, code: MilestoneCode): string | null {
  const planned = line.milestones.find((each) => each.code === code)?.plannedOn ?? null;
  return editsInForce(chainEdits).get(code)?.on ?? planned;
}

@Injectable()
export class ProjectsService {
  constructor(
    private readonly projects: ProjectsRepository,
    private readonly counterparties: CounterpartiesService,
    private readonly standIns: StandIns,
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
   * One page of the table of orders.
   * @param zone in which the reader's days begin
   * @throws AppError `forbidden` for a sort or a filter by sums that the actor may not see, `validation` for a filter
   *   that is none
   */
  async list(actor: Actor, { after, limit, filter: text, search = '', ...query }: OrdersQuery, zone: string) {
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
    const asked = {
      ...query,
      filter: openly ? (withoutCards(resolved) as ResolvedFilter) : resolved,
      words: [search, ...parts.flatMap((part) => ('text' in part ? part.text : []))],
      scope: projectScope(actor),
      openly,
    };
    const place = after === undefined ? null : placeFrom(query, after);
    // Who types the whole number of an order means that one: it stands first and nowhere else.
    const isNamed = search.trim() !== '' && query.group === undefined;
    const [found, named] = await Promise.all([
      this.projects.table({ ...asked, after: place, limit: limit + 1 }),
      isNamed ? this.projects.table({ ...asked, number: search.trim(), after: null, limit: 1 }) : [],
    ]);
    const docs = found.slice(0, limit);
    const last = docs.at(-1);
    return {
      docs: [...(place ? [] : named), ...docs.filter(({ _id }) => _id !== named[0]?._id)],
      next: found.length > limit && last ? placeOf(query, last) : null,
    };
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
      'number' | 'tz' | 'createdAt' | 'createdBy' | 'version' | 'terms' | 'status' | 'line'
    >,
    wanted: string | undefined,
  ): Promise<ProjectDoc | null> {
    for (;;) {
      const same = await this.projects.get(fields._id);
      if (same?.createdBy === actor.id && same.version === 1 && same.number === (wanted ?? same.number))
        return same;
      if (same) {
        if (!(await this.projects.get(fields._id, projectScope(actor)))) return null;
        throw new AppError('conflict', '#exists', [{ field: 'id', reason: 'taken' }]);
      }
      const number = wanted ?? (await this.projects.takeNumber());
      const createdAt = this.clock.now();
      const tz = this.config.tzDefault;
      const doc: ProjectDoc = {
        ...fields,
        number,
        tz,
        createdAt,
        createdBy: actor.id,
        version: 1,
        status: 'request',
        line: lineAtBirth({ ...fields, tz, createdAt }, createdAt),
        ...(await this.#customerOf({ ...fields, number })),
      };
      if (await this.projects.insert(doc)) return this.#settled(doc);
      // Another has just taken the id, which the next look shows, or somebody has given an order this number by hand.
      if (wanted !== undefined && !(await this.projects.get(fields._id)))
        throw new AppError('conflict', '#exists', [{ field: 'number', reason: 'taken' }]);
    }
  }

  /**
   * @param version what the editor saw; undefined: whatever it is now
   * @throws AppError `not-found`, `conflict` with the current project
   */
  async edit(actor: Actor, id: Id, edit: ProjectEdit, version?: number): Promise<ProjectDoc> {
    const before = await this.readable(actor, id);
    const stale = (current: ProjectDoc) =>
      new AppError('conflict', 'stale version', [], { current: this.card(actor, current) });
    if (edit.number !== undefined && edit.number !== before.number && !mayNumber(actor))
      throw notYours('number');
    if (version !== undefined && version !== before.version) throw stale(before);
    await this.#check(actor, edit);
    const after = {
      ...before,
      ...edit,
      appointedIds: [...new Set(edit.appointedIds ?? before.appointedIds)],
    };
    const audience = { before: audienceOfProject(before), after: audienceOfProject(after) };
    if (!mayChangeTeam(actor, before)) {
      if (after.managerId !== before.managerId) throw notYours('managerId');
      if (after.appointedIds.join() !== before.appointedIds.join()) throw notYours('appointedIds');
    }
    const isAnother = after.counterpartyId !== before.counterpartyId;
    const { terms, ...customer } = await this.#customerOf(
      isAnother ? { ...after, namedCounterpartyId: null } : after,
    );
    const reachesEvents =
      !sameTerms(before.terms, terms) ||
      before.counterpartyId !== customer.counterpartyId ||
      audience.before.join() !== audience.after.join();
    const changes: Partial<ProjectDoc> = {
      ...edit,
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
      if (version === undefined) return this.edit(actor, id, edit);
      throw stale(await this.readable(actor, id));
    }
    this.withheld.note('projects', written);
    const settled = await this.#settled(written);
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

  /** Takes one away that nobody has touched since it was made. @returns whether it was still so */
  remove({ _id, version }: ProjectDoc): Promise<boolean> {
    return this.projects.remove(_id, version);
  }

  /** Puts one back that was taken away while something came to name it. */
  async putBack(doc: ProjectDoc): Promise<void> {
    await this.projects.insertMany([doc]);
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

  /**
   * Decides about one milestone of an order. An installation is moved by an event (`POST /projects/:id/work`): its day
   * is one fact.
   * @throws AppError `not-found`, `validation`: there are too many of these, or it is such a move, `conflict` with the
   *   order when somebody has moved it meanwhile
   */
  editChain(actor: Actor, id: Id, ask: ChainEditAsk): Promise<ProjectDoc> {
    if (ask.code === 'install' && ask.kind === 'move') throw refused('kind', 'moved-by-work');
    const { seen, ...edit } = ask;
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
    if (!may(actor, 'directory.write')) throw new AppError('forbidden', 'directory.write');
    return this.#decide(actor, id, ({ attachments = [] }) => ({ attachments: next(attachments) }));
  }

  async #decide(
    actor: Actor,
    id: Id,
    changes: (before: ProjectDoc, at: Date) => Partial<ProjectDoc>,
  ): Promise<ProjectDoc> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const before = await this.readable(actor, id);
      const written = await this.projects.update(id, before.version, changes(before, this.clock.now()));
      if (written) return written;
    }
    throw new AppError('unavailable', 'too many writes at once');
  }

  /** For whoever derives the lines: see the repository. */
  stale(now: Date, limit: number): Promise<Id[]> {
    return this.projects.stale(now, limit);
  }

  ordersAfter(after: Id | null, limit: number, rules?: number): Promise<Id[]> {
    return this.projects.ordersAfter(after, limit, rules);
  }

  writeAnnounced(...told: Parameters<ProjectsRepository['writeAnnounced']>): Promise<boolean> {
    return this.projects.writeAnnounced(...told);
  }

  writeLines(writes: Parameters<ProjectsRepository['writeLines']>[0]): Promise<number> {
    return this.projects.writeLines(writes);
  }

  newestOf(counterpartyIds: readonly Id[], limit: number): Promise<ProjectDoc[]> {
    return this.projects.newestOf(counterpartyIds, limit);
  }

  foundBy(words: readonly string[], limit: number): Promise<ProjectDoc[]> {
    return this.projects.foundBy(words, limit);
  }

  /** The orders that there are of these numbers. */
  ofNumbers(numbers: readonly string[]): Promise<ProjectDoc[]> {
    return numbers.length > 0 ? this.projects.byNumbers(numbers) : Promise.resolve([]);
  }

  /**
   * For imports: projects of these numbers, made where they are missing.
   * @param cards what is known of those that are made, by number
   */
  async ensureMany(
    actor: Actor,
    numbers: readonly string[],
    cards: ReadonlyMap<string, BornCard> = new Map(),
  ): Promise<{ ids: Map<string, Id>; created: number }> {
    if (numbers.length === 0) return { ids: new Map(), created: 0 };
    const found = new Map((await this.projects.byNumbers(numbers)).map(({ number, _id }) => [number, _id]));
    const missing = [...new Set(numbers)].filter((number) => !found.has(number));
    if (missing.length === 0) return { ids: found, created: 0 };
    const now = this.clock.now();
    const born = { ...NO_CARD, tz: this.config.tzDefault, createdAt: now };
    const emptyLine = lineAtBirth(born, now);
    const customers = await this.counterparties.standing([
      ...new Set(missing.flatMap((number) => cards.get(number)?.counterpartyId ?? [])),
    ]);
    const created = await this.projects.insertMany(
      missing.map((number) => {
        const card = { ...born, ...cards.get(number) };
        const named = card.counterpartyId;
        const counterpartyId = (named && customers.chainOf(named).at(-1)) ?? named;
        return {
          _id: newId(now.getTime()),
          number,
          appointedIds: [],
          status: 'request',
          line: card.amountKop === null && !card.template ? emptyLine : lineAtBirth(card, now),
          ...card,
          counterpartyId,
          ...(counterpartyId !== named && { namedCounterpartyId: named }),
          createdBy: actor.id,
          version: 1,
          terms: termsOfProject(
            { number, objectAddress: card.objectAddress },
            (counterpartyId && customers.docs.get(counterpartyId)) || null,
          ),
        };
      }),
    );
    for (const { number, _id } of await this.projects.byNumbers(missing)) found.set(number, _id);
    return { ids: found, created };
  }

  /** Lets the orders of a customer be found by its present name, number and phones. */
  async recall(counterpartyId: Id): Promise<void> {
    let after: Id | null = null;
    for (;;) {
      const docs = await this.projects.ofCounterparty(counterpartyId, after, BATCH);
      for (const doc of docs) await this.#settled(doc);
      after = docs.at(-1)?._id ?? null;
      if (docs.length < BATCH) return;
    }
  }

  waiting(limit: number): Promise<ProjectDoc[]> {
    return this.projects.waiting(limit);
  }

  rewritten(id: Id, mark: string): Promise<void> {
    return this.projects.rewritten(id, mark);
  }

  /** What an order takes from its customer, who may stand for another. */
  async #customerOf(
    project: Pick<ProjectDoc, 'number' | 'objectAddress' | 'counterpartyId' | 'namedCounterpartyId'>,
  ): Promise<Pick<ProjectDoc, 'terms' | 'counterpartyId' | 'namedCounterpartyId'>> {
    const named = project.namedCounterpartyId ?? project.counterpartyId;
    if (!named) return { terms: termsOfProject(project, null), counterpartyId: null };
    const { docs, chainOf } = await this.counterparties.standing([named]);
    const counterpartyId = chainOf(named).at(-1) ?? named;
    return {
      terms: termsOfProject(project, docs.get(counterpartyId) ?? null),
      counterpartyId,
      ...((counterpartyId !== named || project.namedCounterpartyId) && {
        namedCounterpartyId: counterpartyId === named ? null : named,
      }),
    };
  }

  /**
   * The customer may have been renamed or merged between the look at it and the write: so look once more.
   */
  async #settled(project: ProjectDoc): Promise<ProjectDoc> {
    if (!project.counterpartyId) return project;
    const { terms, ...customer } = await this.#customerOf(project);
    const isSame = customer.counterpartyId === project.counterpartyId;
    if (isSame && sameTerms(terms, project.terms)) return project;
    const changes = isSame ? { terms } : { terms, ...customer };
    await this.projects.setCustomer(project._id, project.version, changes);
    this.bell.ring();
    return { ...project, ...changes, version: project.version + (isSame ? 0 : 1) };
  }

  async #checkFirstTeam(actor: Actor, managerId: Id | null, appointedIds: readonly Id[]): Promise<void> {
    if (appointedIds.length > 0 && !mayAppointAtFirst(actor)) throw notYours('appointedIds');
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
    if (!customer || (await this.counterparties.visible(actor, [customer])).length === 0)
      throw refused('counterpartyId', 'unknown-counterparty');
  }
}
