import { Injectable } from '@nestjs/common';
import type { Anew, ColumnSurvey, ImportMapping } from '@svodka/shared/contracts/import';
import { wordOf } from '@svodka/shared/contracts/import-words';
import { REASON_COLUMNS } from '@svodka/shared/rules/tables/column-names';
import { EventIntake, type SaidRow } from '../events/event-intake.service.ts';
import { Clock } from '../platform/clock.ts';
import { keysFor } from './cards/order-keys.ts';
import { OrderLinks } from './cards/order-links.service.ts';
import { type CardDraft, CardReader } from './csv/card-row.ts';
import { type KeyBy, RecordKeys } from './csv/keys.ts';
import { fitMapping } from './csv/presets.ts';
import { type Draft, RowReader } from './csv/row.ts';
import { sentOf } from './csv/sent.ts';
import { ImportRepository } from './import.repository.ts';
import type { ImportDoc } from './import.schema.ts';
import { Samples } from './reading/sample.ts';
import { rowsOf, type TableForm } from './reading/table.ts';
import { RecordsRepository } from './records.repository.ts';

const LONGEST_NAME = 60;

/** An uploaded file, as it is read. */
type File = {
  id: string;
  fileName: string;
  form: TableForm;
  survey: ColumnSurvey[];
  mapping: ImportMapping;
};

/** To which source a file belongs, and whether the numbers of that stand for the same records in it. */
@Injectable()
export class SourceOfFile {
  readonly #samples = new Samples();

  constructor(
    private readonly repository: ImportRepository,
    private readonly records: RecordsRepository,
    private readonly orderLinks: OrderLinks,
    private readonly intake: EventIntake,
    private readonly clock: Clock,
  ) {}

  /**
   * The source in which most of its records are, whatever the file is called; else the one that its name says, and where
   * the numbers of that stand for other records, one of its own.
   * @param before the last import of the same columns
   */
  async sourceOf(
    file: File & { columnsKey: string },
    before: ImportDoc | null,
  ): Promise<{ source: string; anew: Anew | null }> {
    const { id, fileName, columnsKey, form } = file;
    const named = sourceFor(fileName, form.columns, before);
    const earlier = await this.repository.sourcesOf(columnsKey, id);
    const drafts = earlier.length > 0 ? await this.#someOf(file) : [];
    for (const source of earlier)
      if (drafts.length > 0 && (await this.#isFrom(source, file, drafts))) return { source, anew: null };
    const anew = await this.anewIn(named, file, drafts);
    if (anew) return { source: anew.own, anew };
    // «Звонки ноябрь» may be the calls of October, corrected: whoever imports it is asked.
    const alike = earlier.find(
      (source) => wordOf(source) !== wordOf(named) && beginOf(source) === beginOf(named),
    );
    const other = alike === undefined ? null : await this.anewIn(alike, file, drafts);
    const isMost = other !== null && other.known * 2 > drafts.length;
    return { source: named, anew: isMost ? { ...other, own: named } : null };
  }

  /** Whether most of the numbers that a source has already stand for other records in a file of events; null: no. */
  async anewIn(source: string, file: File, read?: readonly (Draft | CardDraft)[]): Promise<Anew | null> {
    const { id, fileName, mapping } = file;
    if (mapping.kind !== 'events') return null;
    const keyBy = await this.repository.keyByOf(source, 'events', id);
    if (keyBy === null || keyBy === 'content') return null;
    const drafts = read ?? (await this.#someOf(file));
    const { known, others } = await this.intake.likeness(this.#said(source, keyBy, drafts, mapping));
    return others * 2 > known
      ? { source, own: await this.#ownName(source, fileName, id), known, others }
      : null;
  }

  async #isFrom(
    source: string,
    { id, mapping }: File,
    drafts: readonly (Draft | CardDraft)[],
  ): Promise<boolean> {
    const { kind } = mapping;
    const keyBy = await this.repository.keyByOf(source, kind, id);
    if (!keyBy) return false;
    if (kind === 'events') {
      const said = this.#said(source, keyBy, drafts, mapping);
      return said.length > 0 && (await this.intake.likeness(said)).titled * 2 > said.length;
    }
    const keys = keysFor(kind, source, keyBy);
    const said = drafts.flatMap((draft) => {
      const key = keys.of(draft);
      return 'key' in key ? [{ key: key.key, title: draft.title }] : [];
    });
    const links =
      kind === 'orders'
        ? (await this.orderLinks.of(source, said)).links
        : await this.records.links(
            kind,
            said.map(({ key }) => key),
          );
    return links.size * 2 > said.length;
  }

  #said(
    source: string,
    keyBy: KeyBy,
    drafts: readonly (Draft | CardDraft)[],
    { zone }: ImportMapping,
  ): SaidRow[] {
    const keys = new RecordKeys(source, keyBy);
    return drafts.flatMap((draft) => {
      const key = keys.of(draft);
      if ('card' in draft || !('key' in key)) return [];
      const { title, occurredAt } = draft;
      return [{ externalId: key.key, keyBefore: key.before, title, occurredAt, sent: sentOf(draft, zone) }];
    });
  }

  /** Rows from all over a file, by which it is compared with a source, as they are read. */
  async #someOf({ id, form, survey, mapping }: File): Promise<(Draft | CardDraft)[]> {
    const fitting = fitMapping(mapping, form.columns);
    const reader =
      mapping.kind === 'events'
        ? new RowReader(form.columns, fitting, this.clock.now(), survey)
        : new CardReader(form.columns, fitting, survey);
    const readAs = JSON.stringify([id, ...Object.entries(form.dialect).sort()]);
    const rows = await this.#samples.of(readAs, () => rowsOf(() => this.repository.file(id), form));
    return rows.flatMap((row) => reader.read(row).draft ?? []);
  }

  /** The name of the file, days and numbers in it; what is taken gets a number. */
  async #ownName(source: string, fileName: string, id: string): Promise<string> {
    const name = bare(fileName) || source;
    for (let n = 1; ; n++) {
      const own =
        n === 1 ? name.slice(0, LONGEST_NAME).trim() : `${name.slice(0, LONGEST_NAME - 4).trim()} ${n}`;
      const isTaken =
        wordOf(own) === wordOf(source) || (await this.repository.latest({ source: own }, id)) !== null;
      if (!isTaken) return own;
    }
  }
}

const beginOf = (name: string): string => wordOf(name).split(' ')[0] ?? '';

const bare = (fileName: string): string =>
  fileName
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .replace(/\.(?:csv|xlsx?)$/i, '')
    .replace(/[_\s]+/g, ' ')
    .trim();

/** A name for a source out of that of a file: without its ending, dates and numbers. */
const stemOf = (fileName: string): string =>
  bare(fileName)
    .replace(/(?:(?<![\s_.-])[\s_.-]+)?\(?\d[\d\s_.:()-]*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST_NAME)
    .trim();

/** The source of the last file with these columns, if this one is called alike; else one of its own. */
function sourceFor(fileName: string, columns: readonly string[], before: ImportDoc | null): string {
  // Rows that failed come back under another name, and none of them is there yet.
  if (before?.source && columns.some((name) => REASON_COLUMNS.includes(wordOf(name)))) return before.source;
  const stem = stemOf(fileName) || fileName.slice(0, LONGEST_NAME).trim();
  return before?.source && wordOf(stemOf(before.fileName)) === wordOf(stem) ? before.source : stem;
}
