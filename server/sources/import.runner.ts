/**
 * Runs one batch at a time in this process, in steps of 500 rows.
 *
 * Order: a first pass counts the rows and finds the last event of each project (where its deadline goes); the second
 * makes projects and counterparties, then events. Every step is idempotent (source keys, names) and counted in the
 * batch, so a batch that another process left behind goes on where it stood. Cancelling is a write to the batch that
 * the next step sees. Shutdown stops after the current step; the lease runs out and the next start takes over.
 */
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import type { ImportBatch, ImportMapping, ImportRowError } from '@svodka/shared/contracts/import';
import { type Actor, may } from '@svodka/shared/rules/permissions';
import { actorOf } from '../accounts/actor.ts';
import { UsersService } from '../accounts/users.service.ts';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import { ProjectsService } from '../directory/projects.service.ts';
import { EventsService } from '../events/events.service.ts';
import { Clock } from '../platform/clock.ts';
import { translateDriverError } from '../platform/errors/translate-driver-error.ts';
import { Logger } from '../platform/logger/logger.ts';
import { fitMapping } from './csv/presets.ts';
import { type Draft, RowReader } from './csv/row.ts';
import { formOf, ImportRepository, MAX_KEPT_ERRORS } from './import.repository.ts';
import type { Moment } from './reading/dates.ts';
import { rowsOf } from './reading/table.ts';

const STEP_ROWS = 500;
/** The first pass renews the lease so often; that many rows take about a second. */
const SURVEY_ROWS = 20_000;
const LOOK_FOR_LEFT_MS = 10_000;

type Step = { read: number; drafts: Draft[]; errors: ImportRowError[] };
type Ensured = { ids: Map<string, Id>; created: number };
type NamedStep = Step & { projects: Ensured; counterparties: Ensured };
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
    private readonly counterparties: CounterpartiesService,
    private readonly events: EventsService,
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
      let actor = await this.#importer(batch);
      const survey = await this.#survey(batch, mapping, keep);
      if (!survey) return;
      counts.rows = survey.rows;
      // What a runner that died wrote of a step that it could not count any more: these rows come again as existing.
      let uncounted = (await this.events.countOfBatch(batch.id)) - counts.created;
      for await (const step of ahead(
        this.#named(() => this.#importer(batch), this.#steps(batch, mapping, counts.read)),
      )) {
        if (this.#stopping) return;
        const done = await this.#store(actor, batch, step, survey.last);
        if (counts.errors < MAX_KEPT_ERRORS) await this.repository.addErrors(batch.id, step.errors);
        counts.read = step.read;
        counts.created += done.created + uncounted;
        counts.existing += done.existing - uncounted;
        uncounted = 0;
        counts.projects += step.projects.created;
        counts.errors += step.errors.length;
        if (!(await keep())) return;
        actor = await this.#importer(batch);
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

  /** First pass: how many rows there are, and the line of each project's latest event; null: the batch is lost. */
  async #survey(
    batch: ImportBatch,
    mapping: ImportMapping,
    keep: () => Promise<boolean>,
  ): Promise<{ rows: number; last: LastEvents | null } | null> {
    const last: LastEvents | null = mapping.due === 'last' ? new Map() : null;
    const reader = new RowReader(batch.columns, fitMapping(mapping, batch.columns), this.clock.now());
    let rows = 0;
    for await (const row of this.#rows(batch)) {
      rows++;
      if (rows % SURVEY_ROWS === 0 && !(await keep())) return null;
      if (!last) continue;
      const { draft } = reader.read(row);
      if (!draft?.project) continue;
      const at = draft.occurredAt.getTime();
      const best = last.get(draft.project);
      if (!best || at >= best.at) last.set(draft.project, { line: draft.line, at });
    }
    return { rows, last };
  }

  #rows(batch: ImportBatch) {
    return rowsOf(() => this.repository.file(batch.id), formOf(batch));
  }

  async *#steps(batch: ImportBatch, mapping: ImportMapping, skip: number): AsyncGenerator<Step> {
    const reader = new RowReader(batch.columns, fitMapping(mapping, batch.columns), this.clock.now());
    let step: Step = { read: skip, drafts: [], errors: [] };
    let read = 0;
    for await (const row of this.#rows(batch)) {
      read++;
      if (read <= skip) continue;
      const { draft, errors } = reader.read(row);
      if (draft) step.drafts.push(draft);
      step.errors.push(...errors);
      step.read = read;
      if (read % STEP_ROWS === 0) {
        yield step;
        step = { read, drafts: [], errors: [] };
      }
    }
    if (step.drafts.length > 0 || step.errors.length > 0) yield step;
  }

  /** Finds or makes the projects and counterparties that each step names. */
  async *#named(importer: () => Promise<Actor>, steps: AsyncIterable<Step>): AsyncGenerator<NamedStep> {
    const distinct = (names: (string | null)[]) => [...new Set(names.filter((name) => name !== null))];
    for await (const step of steps) {
      const actor = await importer();
      const projects = distinct(step.drafts.map(({ project }) => project));
      const counterparties = distinct(step.drafts.map(({ counterparty }) => counterparty));
      yield {
        ...step,
        projects: await this.projects.ensureMany(actor, projects),
        counterparties: await this.counterparties.ensureMany(actor, counterparties),
      };
    }
  }

  async #store(
    actor: Actor,
    batch: ImportBatch,
    { drafts, projects, counterparties }: NamedStep,
    last: LastEvents | null,
  ) {
    const { created, existing } = await this.events.createMany(
      actor,
      drafts.map((draft) => {
        const dueHere =
          draft.due && (!last || !draft.project || last.get(draft.project)?.line === draft.line);
        return {
          type: draft.type,
          title: draft.title,
          body: draft.body,
          importance: draft.importance,
          occurredAt: draft.occurredAt,
          due: dueHere && draft.due ? dueOf(draft.due, batch.mapping?.zone) : null,
          projectId: (draft.project && projects.ids.get(draft.project)) || null,
          counterpartyIds: [draft.counterparty && counterparties.ids.get(draft.counterparty)].filter(
            (id): id is string => Boolean(id),
          ),
          author: draft.author ? { userId: null, name: draft.author } : null,
          status: draft.status,
          payload: Object.keys(draft.fields).length > 0 ? { fields: draft.fields } : {},
          externalId: `${batch.preset ?? 'csv'}:${draft.externalId}`,
        };
      }),
      { batchId: batch.id },
    );
    return { created, existing };
  }
}

const dueOf = ({ at, day }: Moment, zone: string | undefined) =>
  day ? { local: day, zone } : { at: at.toISOString() };

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
