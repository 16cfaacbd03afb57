import type { Importance } from '@svodka/shared/contracts/event';
import {
  type Anew,
  type ImportBatch,
  type ImportKind,
  type ImportMapping,
  type ImportPreset,
  type ImportPreview,
  type ImportTarget,
  NEEDED_TARGETS,
  SHARED_TARGETS,
} from '@svodka/shared/contracts/import';
import type { EventType } from '@svodka/shared/contracts/modules';
import { guessKind, guessTargets } from '@svodka/shared/rules/tables/guess';
import { ask } from '../../api/rest.ts';

const AFTER_MS = 250;
/** What the message of a missing column is about. */
type Needed = 'title' | 'occurredAt' | 'name' | 'number';

/** The same for what differs in the order of its keys only. */
const inOrder = (value: object): string =>
  JSON.stringify(value, (_, one: unknown) =>
    one && typeof one === 'object' && !Array.isArray(one) ? Object.entries(one).sort() : one,
  );

/** How the columns of one uploaded file become events or cards, and how its first rows look then. */
export class Mapping {
  readonly #id: string;
  readonly #names: readonly string[];
  readonly #batch: ImportBatch;
  readonly #presets: readonly ImportPreset[];
  kind = $state<ImportKind>('events');
  columns = $state<Record<string, ImportTarget>>({});
  type = $state<EventType>('note.free');
  importance = $state<Importance>('normal');
  zone = $state('Europe/Moscow');
  due = $state<ImportMapping['due']>('last');
  order = $state<'dmy' | 'mdy'>('dmy');
  words = $state<ImportMapping['words']>({});
  source = $state('');
  sameNumbers = $state(false);
  update = $state(false);
  restore = $state(false);
  alike = $state<ImportMapping['alike']>('ask');
  /** Code of the preset that the mapping began with; empty for none. */
  preset = $state('');
  #preview = $state.raw<ImportPreview | null>(null);
  #previewState = $state<'loading' | 'ready' | 'failed'>('loading');
  #timer: ReturnType<typeof setTimeout> | undefined;
  #generation = 0;

  constructor(batch: ImportBatch, presets: readonly ImportPreset[], zone: string, preview?: ImportPreview) {
    this.#id = batch.id;
    this.#names = batch.columns;
    this.#batch = batch;
    this.#presets = presets;
    this.zone = zone;
    this.source = batch.source ?? '';
    this.preset = batch.preset ?? '';
    if (batch.mapping) this.#take(batch.mapping);
    else {
      // It was uploaded when the server proposed nothing.
      this.kind = batch.preset ? 'events' : guessKind(batch.columns, batch.survey, batch.fileName);
      this.use(this.preset);
    }
    const asUploaded =
      batch.mapping !== null &&
      inOrder(this.mapping) === inOrder({ ...batch.mapping, order: batch.mapping.order ?? 'dmy' });
    if (asUploaded && preview && preview.rows.length > 0) {
      this.#preview = preview;
      this.#previewState = 'ready';
    } else void this.look();
  }

  get preview(): ImportPreview | null {
    return this.#preview;
  }

  get previewState(): 'loading' | 'ready' | 'failed' {
    return this.#previewState;
  }

  /** Presets whose columns are all in the file. */
  get fitting(): ImportPreset[] {
    return this.#presets.filter(({ requires }) => requires.every((column) => this.#names.includes(column)));
  }

  /** Begins anew from a preset, or from the names of the columns. */
  use(code: string): void {
    const preset = this.#presets.find((each) => each.code === code);
    this.preset = preset?.code ?? '';
    if (!preset) {
      this.columns = guessTargets(this.#names, this.#batch.survey, this.kind);
      return;
    }
    const { mapping } = preset;
    const known = (name: string) =>
      Object.hasOwn(mapping.columns, name) ? mapping.columns[name] : undefined;
    // What the preset does not speak of is guessed, as long as nothing else is that already.
    const taken = new Set(this.#names.map(known));
    const guessed = guessTargets(
      this.#names.filter((name) => known(name) === undefined),
      this.#batch.survey,
    );
    this.columns = Object.fromEntries(
      this.#names.map((name) => {
        const guess = guessed[name] ?? 'keep';
        return [name, known(name) ?? (taken.has(guess) ? 'keep' : guess)];
      }),
    );
    this.type = mapping.type;
    this.importance = mapping.importance;
    this.zone = mapping.zone;
    this.due = mapping.due;
  }

  /** Rows of another kind have other columns. */
  be(kind: ImportKind): void {
    this.kind = kind;
    this.preset = '';
    this.words = {};
    this.columns = guessTargets(this.#names, this.#batch.survey, kind);
    this.changed();
  }

  #take(mapping: ImportMapping): void {
    this.kind = mapping.kind;
    this.columns = { ...mapping.columns };
    this.type = mapping.type;
    this.importance = mapping.importance;
    this.zone = mapping.zone;
    this.due = mapping.due;
    this.order = mapping.order ?? 'dmy';
    this.words = mapping.words;
    this.sameNumbers = mapping.sameNumbers;
    this.update = mapping.update;
    this.restore = mapping.restore;
    this.alike = mapping.alike;
  }

  get mapping(): ImportMapping {
    return {
      kind: this.kind,
      columns: { ...this.columns },
      type: this.type,
      importance: this.importance,
      zone: this.zone,
      due: this.due,
      order: this.order,
      words: $state.snapshot(this.words),
      source: this.source.trim() || this.#batch.source,
      sameNumbers: this.sameNumbers,
      update: this.update,
      restore: this.restore,
      alike: this.alike,
    };
  }

  /** Where the numbers of the file stand for other records in the source to which it would belong. */
  get anew(): Anew | null {
    return this.#preview?.anew ?? this.#batch.anew;
  }

  /** What the records are whose numbers are there: those of the source, to be corrected, or others in a source of their own. */
  get numbers(): 'same' | 'own' | '' {
    const { anew } = this;
    if (!anew) return '';
    if (this.source.trim() === anew.own) return 'own';
    return this.source.trim() === anew.source && this.sameNumbers ? 'same' : '';
  }

  answer(numbers: 'same' | 'own'): void {
    const { anew } = this;
    if (!anew) return;
    const isSame = numbers === 'same';
    this.source = isSame ? anew.source : anew.own;
    this.sameNumbers = isSame;
    this.update = isSame;
    this.changed();
  }

  /** Another source, named by hand: what was said of the numbers was said of the one before. */
  from(source: string): void {
    this.source = source;
    this.sameNumbers = false;
    this.changed();
  }

  /** What every row needs and no column gives. */
  get missing(): Needed[] {
    const given = new Set(Object.values(this.columns));
    return NEEDED_TARGETS[this.kind]
      .filter((targets) => !targets.some((target) => given.has(target)))
      .map(([first]) => first as Needed);
  }

  /** Whether the comparison of a batch was made as it would be imported now; choices of the person aside. */
  wasChecked({ checkedAt, mapping }: ImportBatch): boolean {
    const meant = ({ sameNumbers: _s, update: _u, restore: _r, alike: _a, ...rest }: ImportMapping) =>
      inOrder(rest);
    return checkedAt !== null && mapping !== null && meant(mapping) === meant(this.mapping);
  }

  /** Columns that repeat what one before them is. */
  get repeated(): Set<string> {
    const seen = new Set<ImportTarget>();
    const repeated = new Set<string>();
    for (const name of this.#names) {
      const target = this.columns[name];
      if (!target || SHARED_TARGETS[this.kind].includes(target)) continue;
      if (seen.has(target)) repeated.add(name);
      seen.add(target);
    }
    return repeated;
  }

  get ready(): boolean {
    return this.missing.length === 0 && this.repeated.size === 0;
  }

  /** The column that has been given a target. */
  columnOf(target: ImportTarget): string | undefined {
    return this.#names.find((name) => this.columns[name] === target);
  }

  /** The preview follows a change after a moment; until then it is of what was before. */
  changed(): void {
    clearTimeout(this.#timer);
    this.#previewState = 'loading';
    this.#timer = setTimeout(() => void this.look(), AFTER_MS);
  }

  /** Asks for the preview that was given up, or refused, for the time of a comparison. */
  resume(): void {
    if (this.#previewState !== 'ready') this.changed();
  }

  async look(): Promise<void> {
    const mine = ++this.#generation;
    this.#previewState = 'loading';
    try {
      const preview = await ask('POST /imports/:id/preview', { id: this.#id, body: this.mapping });
      if (mine !== this.#generation) return;
      this.#preview = preview;
      this.#previewState = 'ready';
    } catch {
      if (mine === this.#generation) this.#previewState = 'failed';
    }
  }

  close(): void {
    this.#generation++;
    clearTimeout(this.#timer);
  }
}
