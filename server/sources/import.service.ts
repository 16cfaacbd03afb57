import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Page } from '@svodka/shared/contracts/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { newId } from '@svodka/shared/contracts/id';
import type {
  ImportBatch,
  ImportMapping,
  ImportPreview,
  ImportRowError,
} from '@svodka/shared/contracts/import';
import type { Dialect } from '@svodka/shared/contracts/table';
import { Clock } from '../platform/clock.ts';
import { Disk } from '../platform/data-directory/disk.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { fitMapping, presetFor } from './csv/presets.ts';
import { RowReader } from './csv/row.ts';
import { formOf, ImportRepository } from './import.repository.ts';
import { ImportRunner } from './import.runner.ts';
import { lookAt, rowsOf } from './reading/table.ts';

const PREVIEW_ROWS = 20;

/** CSV files: taken in, looked at, run, stopped. */
@Injectable()
export class ImportService {
  constructor(
    private readonly repository: ImportRepository,
    private readonly runner: ImportRunner,
    private readonly clock: Clock,
    private readonly disk: Disk,
  ) {}

  /**
   * Stores the file and says how it would be read by the preset that fits it.
   * @throws validation when it is no table with a header; too-large over 64 MiB
   */
  async upload(
    userId: string,
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
        ...(await this.#look(id)),
        counts: { rows: 0, read: 0, created: 0, existing: 0, errors: 0, projects: 0 },
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
  async readAs(id: string, asked: Partial<Dialect>): Promise<{ batch: ImportBatch; preview: ImportPreview }> {
    await this.#uploaded(id);
    return this.#shown(await this.repository.readAs(id, await this.#look(id, asked)));
  }

  async #shown(batch: ImportBatch): Promise<{ batch: ImportBatch; preview: ImportPreview }> {
    return { batch, preview: batch.mapping ? await this.preview(batch.id, batch.mapping) : { rows: [] } };
  }

  async #look(id: string, asked: Partial<Dialect> = {}) {
    const { columns, dialect, sheets, doubts, badBytes } = await lookAt(
      () => this.repository.file(id),
      asked,
    );
    const preset = presetFor(columns);
    const mapping = preset && fitMapping(preset.mapping, columns);
    return { columns, dialect, sheets, doubts, badBytes, preset: preset?.code ?? null, mapping };
  }

  /** The first 20 rows as the mapping reads them. Writes nothing. */
  async preview(id: string, mapping: ImportMapping): Promise<ImportPreview> {
    const batch = await this.#uploaded(id);
    const reader = new RowReader(batch.columns, fitMapping(mapping, batch.columns), this.clock.now());
    const rows: ImportPreview['rows'] = [];
    for await (const row of rowsOf(() => this.repository.file(id), formOf(batch))) {
      const { draft, errors } = reader.read(row);
      rows.push({
        line: row.line,
        title: draft?.title ?? '',
        type: draft?.type ?? mapping.type,
        occurredAt: draft?.occurredAt.toISOString() ?? null,
        dueAt: draft?.due?.at.toISOString() ?? null,
        project: draft?.project ?? null,
        counterparty: draft?.counterparty ?? null,
        errors,
      });
      if (rows.length === PREVIEW_ROWS) break;
    }
    return { rows };
  }

  async start(id: string, mapping: ImportMapping): Promise<ImportBatch> {
    const { columns } = await this.repository.get(id);
    const targets = Object.entries(mapping.columns).filter(([column]) => columns.includes(column));
    for (const target of ['title', 'occurredAt'] as const) {
      if (!targets.some(([, to]) => to === target)) throw refused(`columns.${target}`, 'required');
    }
    const used = targets.map(([, to]) => to).filter((to) => to !== 'keep' && to !== 'ignore');
    const twice = used.find((to, i) => used.indexOf(to) !== i);
    if (twice) throw refused(`columns.${twice}`, 'used-twice');
    const batch = await this.repository.start(id, mapping);
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
