// One table at work: how its columns are meant, the file at hand, what would become of it, and what did.
import { type Id, newId } from '@svodka/shared/contracts/id';
import {
  MappingFileSchema,
  TABLE_LIMITS,
  type Table,
  type TableAnswer,
  type TableCreate,
  type TableLook,
  type TableMapping,
  type TableTarget,
  targetsOf,
} from '@svodka/shared/contracts/tables';
import { guessTable } from '@svodka/shared/rules/tables/guess';
import { ApiError, ask } from '../../api/rest.ts';
import { same } from '../../format/same.ts';
import { errorText } from '../../state/error-text.ts';
import { t } from '../../state/i18n.svelte.ts';
import { asFile, Latest } from '../files/sending.ts';

export const KEY = 'key';
export type ColumnUse = TableTarget | typeof KEY | '';

export class TableWork {
  table = $state.raw<Table | null>(null);
  name = $state('');
  mapping = $state.raw<TableMapping | null>(null);
  file = $state.raw<File | null>(null);
  look = $state.raw<TableLook | null>(null);
  /** What would become of the file, by the mapping as it is saved. */
  seen = $state.raw<TableAnswer | null>(null);
  /** Somebody has said of the file that it does not break off. */
  isWhole = $state(false);
  done = $state.raw<TableAnswer | null>(null);
  busy = $state(false);
  failure = $state('');
  /** The name that a file has proposed, and nobody has changed while the field says it. */
  #proposed = '';
  readonly #latest = new Latest();
  /** Of a new one, known before it is sent. */
  readonly #id = newId();

  /** @param onborn hears of the table that a new one has become */
  constructor(private readonly onborn: (id: Id) => void) {}

  async open(id: Id): Promise<void> {
    await this.#try(async () => {
      this.#hold(await ask('GET /tables/:id', { id }));
    });
  }

  get isChanged(): boolean {
    if (!this.table) return true;
    return this.name !== this.table.name || !same(this.mapping, this.table.mapping);
  }

  useOf(column: string): ColumnUse {
    if (!this.mapping) return '';
    if (this.mapping.key === column) return KEY;
    return (Object.hasOwn(this.mapping.columns, column) && this.mapping.columns[column]) || '';
  }

  /** What another column was until now, it is no longer. */
  use(column: string, as: ColumnUse): void {
    const before = this.mapping;
    if (!before) return;
    const rest = Object.entries(before.columns).filter(([name, target]) => name !== column && target !== as);
    const columns = Object.fromEntries(
      as === '' || as === KEY ? rest : [...rest, [column, as] as [string, TableTarget]],
    );
    const key = as === KEY ? column : before.key === column ? '' : before.key;
    this.mapping = { ...before, key, columns };
    this.seen = null;
  }

  setKind(kind: TableMapping['kind']): void {
    if (!this.mapping || this.mapping.kind === kind) return;
    // Without a file there are the columns that were known until now.
    const names = this.look?.columns ?? [this.mapping.key, ...Object.keys(this.mapping.columns)];
    const { key, columns } = guessTable(names, kind);
    const guessed = Object.values(columns);
    const known = Object.entries(this.mapping.columns).filter(
      ([name, target]) =>
        targetsOf(kind).includes(target) && name !== key && !columns[name] && !guessed.includes(target),
    );
    this.mapping = { ...this.mapping, kind, key, columns: { ...columns, ...Object.fromEntries(known) } };
    this.seen = null;
  }

  setStatus(word: string, type: string): void {
    if (!this.mapping) return;
    const { [word]: _, ...rest } = this.mapping.statuses;
    const statuses = (type === '' ? rest : { ...rest, [word]: type }) as TableMapping['statuses'];
    this.mapping = { ...this.mapping, statuses };
  }

  /** Reads a file, and shows what would become of it where the table is known already. */
  async take(file: File): Promise<void> {
    [this.file, this.look, this.seen, this.done, this.failure] = [file, null, null, null, ''];
    if (file.size > TABLE_LIMITS.bytes) {
      this.failure = t('error.too-large');
      this.file = null;
      return;
    }
    const isRead = await this.#try(async () => {
      const look = await this.#latest.of(
        ask('POST /tables/look', { query: { fileName: file.name.slice(0, 200) }, body: asFile(file) }),
      );
      if (look) this.#learn(look, file);
    });
    if (!isRead) this.file = null;
    else if (this.look && this.table) await this.foresee();
  }

  #learn(look: TableLook, file: File): void {
    this.look = look;
    if (this.table) return;
    // Of a file of other columns nothing is left of what was meant by the one before.
    if (!this.mapping || !look.columns.includes(this.mapping.key)) this.mapping = look.mapping;
    const proposed = look.preset ? t(`tables.preset.${look.preset as 'listprj'}`) : file.name.slice(0, 80);
    if (this.name === this.#proposed) this.name = proposed;
    this.#proposed = proposed;
  }

  /** Saves the mapping where it has changed, and tries the file by it; `isWhole`: somebody says that it does not break off. */
  async foresee(isWhole = false): Promise<void> {
    await this.#try(async () => {
      await this.#save();
      this.seen = await this.#send({ dry: 'true', ...(isWhole && { sure: 'true' }) });
      this.isWhole = isWhole;
    });
  }

  async accept(sure: boolean): Promise<void> {
    await this.#try(async () => {
      this.done = await this.#send(sure || this.isWhole ? { sure: 'true' } : {});
      if (this.done) this.#hold(this.done.table);
    });
  }

  async save(): Promise<boolean> {
    return this.#try(() => this.#save());
  }

  /** Takes a mapping that was saved as a file. */
  async readMapping(file: File): Promise<void> {
    this.failure = '';
    try {
      const { name, mapping } = MappingFileSchema.parse(JSON.parse(await file.text()));
      this.mapping = mapping;
      this.name ||= name;
      this.seen = null;
    } catch {
      this.failure = t('tables.mapping.bad');
    }
  }

  async #save(): Promise<void> {
    const { mapping } = this;
    if (!mapping || !this.isChanged) return;
    const body = { name: this.name.trim(), mapping };
    const before = this.table;
    const table = before
      ? await ask('PATCH /tables/:id', { id: before.id, body })
      : await this.#made({ id: this.#id, ...body });
    this.#hold(table);
    if (!before) this.onborn(table.id);
  }

  /** One that an earlier press has made, whose answer was lost, becomes what is asked for now. */
  #made({ id, ...body }: TableCreate & { id: Id }): Promise<Table> {
    return ask('POST /tables', { body: { ...body, id } }).catch((error: unknown) => {
      if (!(error instanceof ApiError) || error.current === undefined) throw error;
      return ask('PATCH /tables/:id', { id, body });
    });
  }

  async #send(how: { dry?: 'true'; sure?: 'true' }): Promise<TableAnswer | null> {
    if (!this.table || !this.file) return null;
    return this.#latest.of(
      ask('POST /tables/:id/dumps', {
        id: this.table.id,
        query: { fileName: this.file.name.slice(0, 200), ...how },
        body: asFile(this.file),
      }),
    );
  }

  #hold(table: Table): void {
    this.table = table;
    this.name = table.name;
    this.mapping = table.mapping;
  }

  async #try(work: () => Promise<void>): Promise<boolean> {
    [this.busy, this.failure] = [true, ''];
    try {
      await work();
      return true;
    } catch (error) {
      this.failure = errorText(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
