import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Page } from '@svodka/shared/contracts/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Id, IdSchema, newId } from '@svodka/shared/contracts/id';
import type {
  Anew,
  FindingKind,
  ImportBatch,
  ImportChoices,
  ImportFinding,
  ImportMapping,
  ImportPreview,
  ImportRowError,
} from '@svodka/shared/contracts/import';
import { importTargets, NEEDED_TARGETS, SHARED_TARGETS } from '@svodka/shared/contracts/import';
import { wordOf } from '@svodka/shared/contracts/import-words';
import type { Refs } from '@svodka/shared/contracts/refs';
import type { Dialect } from '@svodka/shared/contracts/table';
import type { Actor } from '@svodka/shared/rules/permissions';
import { REASON_COLUMNS } from '@svodka/shared/rules/tables/column-names';
import type { UserDoc } from '../accounts/user.schema.ts';
import { Clock } from '../platform/clock.ts';
import { Disk } from '../platform/data-directory/disk.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { RefsService, readerOf } from '../refs/refs.service.ts';
import { isMaster } from './calls/cdr-file.ts';
import { keysFor } from './cards/order-keys.ts';
import { CardReader } from './csv/card-row.ts';
import { type Keyed, twiceFault } from './csv/keys.ts';
import { fitMapping, proposedFor } from './csv/presets.ts';
import { RowReader } from './csv/row.ts';
import { TableSurvey } from './csv/survey.ts';
import { formOf, ImportRepository, NO_COUNTS, toBatch } from './import.repository.ts';
import { ImportRunner } from './import.runner.ts';
import type { TableRow } from './reading/rows.ts';
import { isNoTable, lookAt, rowsOf } from './reading/table.ts';
import { RecordsRepository } from './records.repository.ts';
import { SourceOfFile } from './source-of-file.service.ts';

const PREVIEW_ROWS = 20;
/** What is asked of each file anew. */
const NOTHING_CHOSEN = { sameNumbers: false, update: false, restore: false, alike: 'ask' } as const;

/** CSV files: taken in, looked at, run, stopped. */
@Injectable()
export class ImportService {
  constructor(
    private readonly repository: ImportRepository,
    private readonly records: RecordsRepository,
    private readonly refs: RefsService,
    private readonly runner: ImportRunner,
    private readonly sources: SourceOfFile,
    private readonly clock: Clock,
    private readonly disk: Disk,
  ) {}

  /**
   * Stores the file and says how it would be read by the preset that fits it.
   * @throws validation when it is no table with a header; too-large over 64 MiB
   */
  async upload(
    { _id: userId, tz: zone }: Pick<UserDoc, '_id' | 'tz'>,
    fileName: string,
    body: Readable,
  ): Promise<{ batch: ImportBatch; preview: ImportPreview }> {
    const now = this.clock.now();
    const id = newId(now.getTime());
    if (!(await this.disk.hasRoom())) throw new AppError('insufficient-storage', 'the disk is nearly full');
    await this.repository.saveFile({ id, userId, name: fileName }, body);
    try {
      const batch = await this.repository.create({
        _id: id,
        fileName,
        state: 'uploaded',
        ...(await this.#look(id, fileName, zone)),
        keyBy: null,
        startedAt: null,
        finishedAt: null,
        createdBy: userId,
        createdAt: now,
        failure: null,
      });
      return await this.#shown(batch);
    } catch (error) {
      await this.repository.deleteFile(id);
      throw error;
    }
  }

  /** Reads the file as somebody says that it is to be read. @throws as `upload` does; conflict when it was started */
  async readAs(
    { tz: zone }: Pick<UserDoc, 'tz'>,
    id: string,
    asked: Partial<Dialect>,
  ): Promise<{ batch: ImportBatch; preview: ImportPreview }> {
    const { fileName } = await this.#uploaded(id);
    const batch = await this.repository.readAs(id, await this.#look(id, fileName, zone, asked));
    await this.records.forgetAll(id);
    return this.#shown(batch);
  }

  async #shown(batch: ImportBatch): Promise<{ batch: ImportBatch; preview: ImportPreview }> {
    return { batch, preview: batch.mapping ? await this.preview(batch.id, batch.mapping) : { rows: [] } };
  }

  async #look(id: string, fileName: string, zone: string, asked: Partial<Dialect> = {}) {
    const survey = new TableSurvey();
    const file = () => this.repository.file(id);
    const look = await lookAt(file, asked, survey.see);
    // As notes its rows would say nothing; who is called, and for how long, the folder of calls reads.
    if (await isMaster(file, look)) throw isNoTable('calls');
    const { columns, dialect, sheets, doubts, badBytes } = look;
    const surveyed = survey.columns(columns);
    if (surveyed.some(({ dates }) => dates === 'open')) doubts.push('day-month');
    const columnsKey = keyOfColumns(columns);
    const before = await this.repository.latest({ columnsKey }, id);
    const { preset, mapping: proposed } = proposedFor(columns, surveyed, fileName, zone);
    const mapping = before?.mapping
      ? fitMapping(respelt(toBatch(before).mapping as ImportMapping, columns), columns)
      : proposed;
    const { source, anew } = await this.sources.sourceOf(
      { id, fileName, columnsKey, form: look, survey: surveyed, mapping },
      before,
    );
    return {
      columns,
      dialect,
      sheets,
      doubts,
      badBytes,
      survey: surveyed,
      columnsKey,
      source,
      anew,
      preset,
      mapping: { ...mapping, ...NOTHING_CHOSEN, source },
      checkedAt: null,
      counts: NO_COUNTS,
    };
  }

  /** The first 20 rows as the mapping reads them. Writes nothing. */
  async preview(id: string, mapping: ImportMapping): Promise<ImportPreview> {
    const batch = await this.#uploaded(id);
    const fitting = fitMapping(mapping, batch.columns);
    const events = new RowReader(batch.columns, fitting, this.clock.now(), batch.survey);
    const cards = new CardReader(batch.columns, fitting, batch.survey);
    const source = mapping.source ?? batch.source ?? batch.fileName;
    const { kind } = mapping;
    // Where nothing is decided, the whole file decides so that no number stands for two records.
    const keyBy = kind === 'orders' ? 'number' : await this.repository.keyByOf(source, kind, id);
    const keys = keysFor(kind, source, keyBy ?? 'content');
    const twice = (row: TableRow, draft: Keyed | null) => {
      const key = draft && keys.of(draft);
      if (key && 'same' in key) return { repeats: key.same };
      const isTwice = draft && key && 'twice' in key;
      return isTwice ? { errors: [twiceFault(batch, fitting, draft, key.twice, row.values)] } : {};
    };
    const rows: ImportPreview['rows'] = [];
    for await (const row of firstOf(rowsOf(() => this.repository.file(id), formOf(batch)))) {
      if (mapping.kind === 'events') {
        const { draft, errors } = events.read(row);
        rows.push({
          line: row.line,
          title: draft?.title ?? '',
          type: draft?.type ?? mapping.type,
          occurredAt: draft?.occurredAt.toISOString() ?? null,
          dueAt: draft?.due?.at.toISOString() ?? null,
          project: draft?.project ?? null,
          counterparty: draft?.counterparty ?? null,
          errors,
          ...twice(row, draft),
        });
      } else {
        const { draft, errors } = cards.read(row);
        const nothing = { occurredAt: null, dueAt: null, project: null, counterparty: null };
        const { title = '', card = {} } = draft ?? {};
        rows.push({
          line: row.line,
          title,
          type: mapping.type,
          ...nothing,
          card,
          errors,
          ...twice(row, draft),
        });
      }
    }
    const anew = await this.#anew(batch, mapping);
    return { rows, ...(anew && { anew }) };
  }

  #anew(batch: ImportBatch, mapping: ImportMapping): Promise<Anew | null> {
    const { id, fileName, survey } = batch;
    const source = mapping.source ?? batch.source ?? fileName;
    return this.sources.anewIn(source, { id, fileName, form: formOf(batch), survey, mapping });
  }

  /**
   * @throws validation: what every row needs is not there, or is there twice; `numbers-anew` on `source`, where its numbers
   *   stand for other records in the file, and nobody has said that they are the same; conflict
   */
  async start(id: string, mapping: ImportMapping): Promise<ImportBatch> {
    await this.#checkMapping(id, mapping);
    const uploaded = await this.#uploaded(id);
    if (!mapping.sameNumbers && (await this.#anew(uploaded, mapping)))
      throw refused('source', 'numbers-anew');
    const batch = await this.repository.start(id, mapping, 'running');
    // What a comparison by another mapping has found is nothing that this one does.
    await this.records.forget(id);
    this.runner.enqueue(batch);
    return batch;
  }

  /** Compares the whole file with what is here. @throws as `start` does */
  async check(id: string, mapping: ImportMapping): Promise<ImportBatch> {
    await this.#checkMapping(id, mapping);
    const batch = await this.repository.start(id, mapping, 'checking');
    this.runner.enqueue(batch);
    return batch;
  }

  /** What is to become of rows that resemble somebody. */
  async choose(id: string, choices: ImportChoices): Promise<ImportBatch> {
    await this.#uploaded(id);
    return this.repository.decided(id, await this.records.choose(id, choices));
  }

  /** What the comparison found, or the import: a page of one kind. */
  async findings(
    actor: Actor,
    id: string,
    { kind, after, limit }: { kind: FindingKind; after?: string | undefined; limit: number },
  ): Promise<Page<ImportFinding> & { refs: Refs }> {
    await this.repository.get(id);
    const page = await this.records.page(id, kind, after, limit);
    const named = (field: string) =>
      page.items
        .flatMap(({ changes }) => [changes[field]?.from, changes[field]?.to].flat())
        .filter((value): value is Id => typeof value === 'string' && IdSchema.safeParse(value).success);
    const refs = await this.refs.refsOf(readerOf(actor), {
      projectIds: named('projectId'),
      counterpartyIds: named('counterpartyIds'),
    });
    return { ...page, refs };
  }

  async #checkMapping(id: string, { kind, columns: mapped }: ImportMapping): Promise<void> {
    const { columns } = await this.repository.get(id);
    const used = Object.entries(mapped).flatMap(([column, to]) => (columns.includes(column) ? [to] : []));
    const wrong = used.find((to) => !importTargets(kind).includes(to));
    if (wrong) throw refused(`columns.${wrong}`, 'not-of-kind');
    for (const [first, ...others] of NEEDED_TARGETS[kind])
      if (![first, ...others].some((to) => to && used.includes(to)))
        throw refused(`columns.${first}`, 'required');
    const alone = used.filter((to) => !SHARED_TARGETS[kind].includes(to));
    const twice = alone.find((to, i) => alone.indexOf(to) !== i);
    if (twice) throw refused(`columns.${twice}`, 'used-twice');
  }

  /** Takes back all that a finished import made: its events go, its keys are free. What it changed stays changed. */
  async undo(id: string, by: string): Promise<ImportBatch> {
    const batch = await this.repository.beginUndo(id, by);
    this.runner.enqueue(batch);
    return batch;
  }

  cancel(id: string): Promise<ImportBatch> {
    return this.repository.cancel(id);
  }

  get(id: string): Promise<ImportBatch> {
    return this.repository.get(id);
  }

  list(after: string | undefined, limit: number): Promise<Page<ImportBatch>> {
    return this.repository.list(after, limit);
  }

  async errors(id: string, after: string | undefined, limit: number): Promise<Page<ImportRowError>> {
    await this.repository.get(id);
    return this.repository.errors(id, after, limit);
  }

  async #uploaded(id: string): Promise<ImportBatch> {
    const batch = await this.repository.get(id);
    if (batch.state === 'uploaded') return batch;
    throw new AppError('conflict', 'this import was started before', [], { current: batch });
  }
}

async function* firstOf(rows: AsyncIterable<TableRow>): AsyncGenerator<TableRow> {
  let left = PREVIEW_ROWS;
  for await (const row of rows) {
    yield row;
    if (--left === 0) return;
  }
}

/** Files of one program have the same columns, whatever their case and order. */
const keyOfColumns = (columns: readonly string[]): string =>
  createHash('sha256')
    .update(
      JSON.stringify(
        columns
          .map(wordOf)
          .filter((name) => !REASON_COLUMNS.includes(name))
          .sort(),
      ),
    )
    .digest('base64url')
    .slice(0, 22);

/** The mapping of an earlier file for one whose columns are spelt otherwise. */
function respelt(mapping: ImportMapping, columns: readonly string[]): ImportMapping {
  const targets = new Map(Object.entries(mapping.columns).map(([name, target]) => [wordOf(name), target]));
  return {
    ...mapping,
    columns: Object.fromEntries(columns.map((name) => [name, targets.get(wordOf(name)) ?? 'keep'])),
  };
}
