/**
 * Runs one batch at a time in this process, in steps of 500 rows.
 *
 * Order: a first pass counts the rows and finds the last event of each project (where its deadline goes); the second
 * makes projects and counterparties, then events. Every step is idempotent (source keys, names) and counted in the
 * batch, so a batch that another process left behind goes on where it stood. Cancelling is a write to the batch that
 * the next step sees. Shutdown stops after the current step; the lease runs out and the next start takes over.
 */
import { isDeepStrictEqual } from 'node:util';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import type { ImportBatch, ImportMapping, ImportRowError } from '@svodka/shared/contracts/import';
import type { CounterpartyNamed } from '@svodka/shared/contracts/ingest';
import { numberKey } from '@svodka/shared/contracts/order-number';
import { type Actor, may } from '@svodka/shared/rules/permissions';
import { actorOf } from '../accounts/actor.ts';
import { UsersService } from '../accounts/users.service.ts';
import { CounterpartyImporter } from '../counterparties/counterparty-importer.service.ts';
import { EventIntake, type SaidEvent } from '../events/event-intake.service.ts';
import { EventsService } from '../events/events.service.ts';
import { ProjectImporter } from '../orders/projects/project-importer.service.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import { Clock } from '../platform/clock.ts';
import { inContext, nobodyAt } from '../platform/context/request-context.ts';
import { translateDriverError } from '../platform/errors/translate-driver-error.ts';
import { Logger } from '../platform/logger/logger.ts';
import { type CardsTaken, finding, type KeyedCard, nothingTaken } from './cards/card-intake.ts';
import { CardUndo } from './cards/card-undo.service.ts';
import { CounterpartyIntake } from './cards/counterparty-intake.service.ts';
import { OrderIntake } from './cards/order-intake.service.ts';
import { keysFor } from './cards/order-keys.ts';
import { type CardDraft, CardReader } from './csv/card-row.ts';
import { type KeyBy, keysBegin, twiceFault } from './csv/keys.ts';
import { RowLikeness } from './csv/likeness.ts';
import { fitMapping } from './csv/presets.ts';
import { type Draft, RowReader } from './csv/row.ts';
import { dueOf, sentOf } from './csv/sent.ts';
import { formOf, ImportRepository, MAX_KEPT_ERRORS } from './import.repository.ts';
import { FINDS_ONLY, type Found, MAKES_ALL, NamesService, nothingFound } from './ingest/names.service.ts';
import type { TableRow } from './reading/rows.ts';
import { rowsOf } from './reading/table.ts';
import { MAX_FINDINGS, RecordsRepository } from './records.repository.ts';

/** Written and counted together. What dies in between is read again, and a lease is renewed after each. */
const STEP_ROWS = 1_000;
/** The first pass renews the lease so often; that many rows take about a second. */
const SURVEY_ROWS = 20_000;
const LOOK_FOR_LEFT_MS = 10_000;

type KeyedDraft = Draft & { key: string; before: string | undefined };
/** `repeated`: rows that say the same under the same number as one before them. */
type Step = {
  read: number;
  drafts: KeyedDraft[];
  cards: KeyedCard[];
  errors: ImportRowError[];
  repeated: number;
};
type Ensured = { ids: Map<string, Id>; created: number };
type NamedStep = Step & { projects: Ensured; counterparties: Ensured; found: Found };

const isOnlyPhone = ({ inn, phone, counterparty }: Draft): boolean =>
  phone !== null && inn === null && counterparty === null;

const isKnownBy = ({ inn, phone }: Draft): boolean => inn !== null || phone !== null;
const namedBy = ({ inn, phone, counterparty }: Draft): CounterpartyNamed => ({
  ...(inn && { inn }),
  ...(phone && { phone }),
  ...(counterparty && { name: counterparty }),
});
/** So many of the numbers of a table may stand for two records by mistake, before they are none of its records' own. */
const SLIPS_MOST = 0.05;
/** Makes drafts of rows: of events, or of cards. */
type Reader = { read(row: TableRow): { draft: Draft | CardDraft | null; errors: ImportRowError[] } };
const isCard = (draft: Draft | CardDraft): draft is CardDraft => 'card' in draft;
type LastEvents = Map<string, { line: number; at: number }>;

@Injectable()
export class ImportRunner implements OnApplicationBootstrap, OnModuleDestroy {
  #stopping = false;
  #work: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly repository: ImportRepository,
    private readonly users: UsersService,
    private readonly projects: ProjectsService,
    private readonly projectImporter: ProjectImporter,
    private readonly counterpartyImporter: CounterpartyImporter,
    private readonly names: NamesService,
    private readonly events: EventsService,
    private readonly intake: EventIntake,
    private readonly parties: CounterpartyIntake,
    private readonly orders: OrderIntake,
    private readonly cardUndo: CardUndo,
    private readonly records: RecordsRepository,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const look = () => void this.#takeLeft();
    look();
    this.#timer = setInterval(look, LOOK_FOR_LEFT_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#work;
  }

  /** Runs a started batch after those before it. Never rejects: what goes wrong stands in the batch. */
  enqueue(batch: ImportBatch): void {
    this.#work = this.#work.then(() => this.#run(batch));
  }

  async #takeLeft(): Promise<void> {
    try {
      if (this.#stopping) return;
      const left = await this.repository.takeLeft();
      if (left) this.enqueue(left);
      await this.repository.dropForgotten();
    } catch (error) {
      this.logger.warn('could not look for interrupted imports', { err: error });
    }
  }

  async #run(queued: ImportBatch): Promise<void> {
    const { mapping } = queued;
    if (this.#stopping || !mapping) return;
    let batch = queued;
    const counts = { ...batch.counts };
    /** False: another process has taken the batch over, as it may when one waits for long, or somebody cancelled it. */
    const keep = async () => {
      const kept = await this.repository.advance(batch, counts);
      batch = kept ?? batch;
      return kept !== null;
    };
    try {
      if (!(await keep())) return;
      if (batch.state === 'undoing') {
        await this.#undo(batch);
        return;
      }
      let actor = await this.#importer(batch);
      const dry = batch.state === 'checking';
      if (dry && counts.read === 0) await this.records.forget(batch.id);
      const source = batch.source ?? batch.fileName;
      const before = await this.repository.keyByOf(source, mapping.kind, batch.id);
      // An order is its number: a second row of it is a fault, whatever it says.
      const known = mapping.kind === 'orders' ? 'number' : (batch.keyBy ?? before);
      const survey = await this.#survey(batch, mapping, known, keep);
      if (!survey) return;
      counts.rows = survey.rows;
      const { keyBy } = survey;
      if (!batch.keyBy && !dry) {
        const decided = await this.repository.decide(batch, keyBy);
        if (!decided) return;
        batch = decided;
      }
      const isEvents = mapping.kind === 'events';
      // The records are asked for and not the imports, of which nothing is kept after a year.
      const isFirst = isEvents && !(await this.events.hasImported(keysBegin(source)));
      const steps = this.#steps(batch, mapping, counts.read, survey.last, keyBy);
      let found = counts.changed + counts.alike;
      for await (const step of ahead(this.#named(batch, steps, dry))) {
        if (this.#stopping) return;
        const done = isEvents
          ? await this.#store(actor, batch, step, { isFirst, dry, isTold: found < MAX_FINDINGS })
          : await this.#storeCards(actor, batch, step, dry);
        const errors = [...step.errors, ...done.errors];
        if (counts.errors < MAX_KEPT_ERRORS && !dry) await this.repository.addErrors(batch.id, errors);
        if (found < MAX_FINDINGS) await this.records.find(batch.id, done.findings);
        found += done.findings.length;
        counts.read = step.read;
        counts.created += done.created;
        counts.existing += done.existing;
        counts.repeated += step.repeated;
        counts.changed += done.changed;
        counts.deleted += done.deleted;
        counts.alike += done.alike;
        counts.skipped += done.skipped;
        counts.projects += step.projects.created;
        counts.errors += new Set(errors.map(({ line }) => line)).size;
        if (!(await keep())) return;
        actor = await this.#importer(batch);
      }
      if (dry) {
        await this.repository.finishCheck(batch, counts);
        return;
      }
      await this.repository.finish(batch, counts, null);
    } catch (error) {
      if (translateDriverError(error)?.code === 'unavailable') {
        // The batch keeps running: its lease runs out, and it is taken up again from its last counted step.
        this.logger.warn('an import waits for the store', { err: error, batchId: batch.id });
        return;
      }
      // Null: it was cancelled, and its file went away under the reading.
      const failed = await this.repository.finish(batch, counts, failureOf(error)).catch(() => batch);
      if (failed) this.logger.error('an import failed', { err: error, batchId: batch.id });
    }
  }

  /** Who imports, as they are now: it goes on for minutes. @throws AppError `forbidden` when they may no longer */
  async #importer({ createdBy }: ImportBatch): Promise<Actor> {
    const user = await this.users.get(createdBy);
    const actor = actorOf(user);
    if (user.disabledAt || !may(actor, 'events.import')) throw new AppError('forbidden', 'events.import');
    return actor;
  }

  /** Takes back what the batch made, some at a time; whoever finds it left goes on. */
  async #undo(begun: ImportBatch): Promise<void> {
    const by = await this.repository.undoer(begun.id);
    // The request that asked for it is over; the access log names whoever did.
    await inContext({ ...nobodyAt(null), userId: by }, () => this.#takeBack(begun, by));
  }

  async #takeBack(begun: ImportBatch, by: Id): Promise<void> {
    let batch: ImportBatch | null = begun;
    for (;;) {
      const undone = await this.intake.takeBack(begun.id, by);
      const some = undone > 0 ? { undone, kept: 0 } : await this.cardUndo.some(begun.id, by);
      if (!some) break;
      const { counts }: ImportBatch = batch;
      batch = await this.repository.advance(batch, {
        ...counts,
        undone: counts.undone + some.undone,
        kept: counts.kept + some.kept,
      });
      if (!batch || this.#stopping) return;
    }
    await this.repository.finishUndo(batch);
  }

  #reader(batch: ImportBatch, mapping: ImportMapping): Reader {
    const fitting = fitMapping(mapping, batch.columns);
    if (mapping.kind !== 'events') return new CardReader(batch.columns, fitting, batch.survey);
    return new RowReader(
      batch.columns,
      fitting,
      batch.startedAt ? new Date(batch.startedAt) : this.clock.now(),
      batch.survey,
    );
  }

  /**
   * First pass: how many rows there are, the line of each project's latest event, and what tells the records apart:
   * their number; where it begins anew in each order, with that; where even so it often stands for two, what they say. Null: the batch is
   * lost.
   * @param known what tells them apart, where that is decided: nothing but the rows may be left to count then
   */
  async #survey(
    batch: ImportBatch,
    mapping: ImportMapping,
    known: KeyBy | null,
    keep: () => Promise<boolean>,
  ): Promise<{ rows: number; last: LastEvents | null; keyBy: KeyBy } | null> {
    const last: LastEvents | null = mapping.kind === 'events' && mapping.due === 'last' ? new Map() : null;
    const reader = this.#reader(batch, mapping);
    const byNumber = new Map<string, string>();
    const byOrder = new Map<string, string>();
    /** Rows whose number stood before with another content: in another order, and in the same. */
    let [elsewhere, slips] = [0, 0];
    let rows = 0;
    for await (const row of this.#rows(batch)) {
      rows++;
      if (rows % SURVEY_ROWS === 0 && !(await keep())) return null;
      if (known && !last) continue;
      const { draft } = reader.read(row);
      if (!draft) continue;
      if (!known && draft.number !== null) {
        const inOrder = JSON.stringify([draft.number, draft.project]);
        if ((byOrder.get(inOrder) ?? draft.hash) !== draft.hash) slips++;
        else if ((byNumber.get(draft.number) ?? inOrder) !== inOrder) elsewhere++;
        byNumber.set(draft.number, inOrder);
        byOrder.set(inOrder, draft.hash);
      }
      if (!last || isCard(draft) || !draft.project) continue;
      const at = draft.occurredAt.getTime();
      const order = numberKey(draft.project);
      const best = last.get(order);
      if (!best || at >= best.at) last.set(order, { line: draft.line, at });
    }
    const areOwn = byNumber.size > 0 && slips <= byOrder.size * SLIPS_MOST;
    const found = !areOwn ? 'content' : elsewhere > 0 ? 'number+order' : 'number';
    return { rows, last, keyBy: known ?? found };
  }

  #rows(batch: ImportBatch) {
    return rowsOf(() => this.repository.file(batch.id), formOf(batch));
  }

  async *#steps(
    batch: ImportBatch,
    mapping: ImportMapping,
    skip: number,
    last: LastEvents | null,
    keyBy: KeyBy,
  ): AsyncGenerator<Step> {
    const reader = this.#reader(batch, mapping);
    const keys = keysFor(mapping.kind, batch.source ?? batch.fileName, keyBy);
    const likeness = mapping.kind === 'counterparties' ? new RowLikeness() : null;
    const fresh = (): Step => ({ read: skip, drafts: [], cards: [], errors: [], repeated: 0 });
    let step = fresh();
    let read = 0;
    for await (const row of this.#rows(batch)) {
      read++;
      const { draft, errors } = reader.read(row);
      // Rows before the place where an earlier runner stopped count for the keys of those after it.
      const key = draft && keys.of(draft);
      const isOne = draft && key && 'key' in key;
      const before = isOne && isCard(draft) ? (likeness?.of(draft, key.key) ?? []) : [];
      if (read > skip) {
        if (isOne && isCard(draft))
          step.cards.push({ ...draft, key: key.key, before, values: [...row.values] });
        else if (isOne && !isCard(draft)) {
          const isHere = !last || !draft.project || last.get(numberKey(draft.project))?.line === draft.line;
          step.drafts.push(
            Object.assign(draft, { due: isHere ? draft.due : null, key: key.key, before: key.before }),
          );
        } else if (draft && key && 'twice' in key)
          step.errors.push(twiceFault(batch, mapping, draft, key.twice, row.values));
        else if (key) step.repeated++;
        step.errors.push(...errors);
      }
      if (read <= skip) continue;
      step.read = read;
      if (read % STEP_ROWS === 0) {
        yield step;
        step = { ...fresh(), read };
      }
    }
    const { drafts, cards, errors, repeated } = step;
    if (drafts.length + cards.length + errors.length + repeated > 0) yield step;
  }

  /** Finds or makes the projects and counterparties that each step names. */
  async *#named(batch: ImportBatch, steps: AsyncIterable<Step>, dry: boolean): AsyncGenerator<NamedStep> {
    const found = nothingFound();
    // Orders that a comparison would have made by now: they are new once.
    const named = new Set<string>();
    const distinct = (names: (string | null)[]) => [...new Set(names.filter((name) => name !== null))];
    for await (const step of steps) {
      const actor = await this.#importer(batch);
      const lineOf = (is: (draft: Draft) => boolean) => step.drafts.find(is)?.line ?? 0;
      const isOf = (name: string) => (draft: Draft) => draft.counterparty === name;
      const projects = distinct(step.drafts.map(({ project }) => project));
      // Whoever is named by a phone or a tax number is found by it; the others by their names, all at once.
      const plain = step.drafts.filter((draft) => !isKnownBy(draft));
      const counterparties = distinct(plain.map(({ counterparty }) => counterparty));
      for (const [how, drafts] of [
        [
          dry
            ? FINDS_ONLY
            : {
                ...MAKES_ALL,
                before: ({ _id: id, named }: { _id: Id; named: CounterpartyNamed }) =>
                  this.records.foretell('counterparties', batch.id, [
                    { id, line: lineOf((draft) => isDeepStrictEqual(namedBy(draft), named)) },
                  ]),
              },
          step.drafts.filter((draft) => isKnownBy(draft) && !isOnlyPhone(draft)),
        ],
        [FINDS_ONLY, step.drafts.filter(isOnlyPhone)],
      ] as const) {
        const known = drafts.map((draft) => ({ order: null, counterparty: namedBy(draft) }));
        if (known.length > 0) await this.names.find(actor, how, known, found);
      }
      yield {
        ...step,
        projects: dry
          ? await this.#known(projects, named)
          : await this.projectImporter.ensureMany(actor, projects, undefined, (made) =>
              this.records.foretell(
                'orders',
                batch.id,
                made.map(({ _id: id, number }) => ({
                  id,
                  line: lineOf(({ project }) => project === number),
                })),
              ),
            ),
        counterparties: dry
          ? { ids: await this.counterpartyImporter.ofNames(counterparties), created: 0 }
          : await this.counterpartyImporter.ensureMany(actor, counterparties, undefined, (made) =>
              this.records.foretell(
                'counterparties',
                batch.id,
                made.map(({ _id: id, name }) => ({ id, line: lineOf(isOf(name)) })),
              ),
            ),
        found,
      };
    }
  }

  /** The orders that there are, and how many there would be more than those that are `named` already. */
  async #known(numbers: readonly string[], named: Set<string>): Promise<Ensured> {
    const known = await this.projects.ofNumbers(numbers);
    const fresh = numbers.filter((number) => !known.has(number)).map(numberKey);
    const before = named.size;
    for (const key of fresh) named.add(key);
    return {
      ids: new Map([...known].map(([number, { _id }]) => [number, _id])),
      created: named.size - before,
    };
  }

  /** As the person who imports, so that the access log names them. */
  #storeCards(actor: Actor, batch: ImportBatch, { cards }: NamedStep, dry: boolean): Promise<CardsTaken> {
    const intake = batch.mapping?.kind === 'orders' ? this.orders : this.parties;
    return inContext({ ...nobodyAt(null), userId: actor.id }, () =>
      intake.take(actor, batch, cards, { dry }),
    );
  }

  async #store(
    actor: Actor,
    batch: ImportBatch,
    { drafts, projects, counterparties, found }: NamedStep,
    { isFirst, dry, isTold }: { isFirst: boolean; dry: boolean; isTold: boolean },
  ): Promise<CardsTaken> {
    const { zone, update = false, restore = false } = batch.mapping ?? {};
    const said = drafts.map((draft): SaidEvent => {
      const counterparty = isKnownBy(draft)
        ? this.names.counterpartyOf({ counterparty: namedBy(draft) }, found)
        : draft.counterparty && counterparties.ids.get(draft.counterparty);
      const due = draft.due && dueOf(draft.due, zone);
      const author = draft.author ? { userId: null, name: draft.author } : null;
      return {
        type: draft.type,
        title: draft.title,
        body: draft.body,
        importance: draft.importance,
        occurredAt: draft.occurredAt,
        due,
        projectId: (draft.project && projects.ids.get(draft.project)) || null,
        counterpartyIds: counterparty ? [counterparty] : [],
        author,
        status: draft.status,
        payload: draft.payload,
        externalId: draft.key,
        keyBefore: draft.before,
        sent: sentOf(draft, zone),
      };
    });
    const { others, ...counts } = await this.intake.takeRows(actor, said, batch.id, {
      isFirst,
      update,
      restore,
      dry,
      isTold,
    });
    const byKey = new Map(drafts.map((draft) => [draft.key, draft]));
    const findings = others.flatMap(({ key, id, changes }) => {
      const draft = byKey.get(key);
      return draft ? [finding({ ...draft, card: {} }, 'changed', { id, changes })] : [];
    });
    return { ...nothingTaken(), ...counts, findings };
  }
}

/** Asks for the next one before it hands out this one: the next rows are read and named while the store writes. */
async function* ahead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = source.next();
  try {
    for (;;) {
      const { value, done } = await next;
      if (done) return;
      next = source.next();
      next.catch(() => {}); // heard when it is awaited, if it still is
      yield value;
    }
  } finally {
    await source.return(undefined).catch(() => {});
  }
}

/** A stable code for the screen; the log has the rest. */
function failureOf(error: unknown): string {
  return error instanceof AppError && error.code === 'forbidden' ? 'no-rights' : 'internal';
}
