import type { Importance } from '@svodka/shared/contracts/event';
import type {
  ImportBatch,
  ImportMapping,
  ImportPreset,
  ImportPreview,
  ImportTarget,
} from '@svodka/shared/contracts/import';
import type { EventType } from '@svodka/shared/contracts/modules';
import { ask } from '../../api/rest.ts';
import { guessTargets } from './guess.ts';

const AFTER_MS = 250;
/** Targets without which a row is no event. */
const NEEDED = ['title', 'occurredAt'] as const;
/** Targets that any number of columns may have. */
const SHARED: readonly ImportTarget[] = ['keep', 'ignore'];

/** How the columns of one uploaded file become events, and how its first rows look then. */
export class Mapping {
  readonly #id: string;
  readonly #names: readonly string[];
  readonly #presets: readonly ImportPreset[];
  columns = $state<Record<string, ImportTarget>>({});
  type = $state<EventType>('note.free');
  importance = $state<Importance>('normal');
  zone = $state('Europe/Moscow');
  due = $state<ImportMapping['due']>('last');
  /** Code of the preset that the mapping began with; empty for none. */
  preset = $state('');
  #preview = $state.raw<ImportPreview | null>(null);
  #previewState = $state<'loading' | 'ready' | 'failed'>('loading');
  #timer: ReturnType<typeof setTimeout> | undefined;
  #generation = 0;

  constructor(batch: ImportBatch, presets: readonly ImportPreset[], zone: string, preview?: ImportPreview) {
    this.#id = batch.id;
    this.#names = batch.columns;
    this.#presets = presets;
    this.zone = zone;
    this.use(batch.preset ?? '');
    const asUploaded = JSON.stringify(this.mapping) === JSON.stringify(batch.mapping);
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
      this.columns = guessTargets(this.#names);
      return;
    }
    const { mapping } = preset;
    const known = (name: string) =>
      Object.hasOwn(mapping.columns, name) ? mapping.columns[name] : undefined;
    // What the preset does not speak of is guessed, as long as nothing else is that already.
    const taken = new Set(this.#names.map(known));
    const guessed = guessTargets(this.#names.filter((name) => known(name) === undefined));
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

  get mapping(): ImportMapping {
    return {
      columns: { ...this.columns },
      type: this.type,
      importance: this.importance,
      zone: this.zone,
      due: this.due,
    };
  }

  /** What every row needs and no column gives. */
  get missing(): (typeof NEEDED)[number][] {
    const given = new Set(Object.values(this.columns));
    return NEEDED.filter((target) => !given.has(target));
  }

  /** Columns that repeat what one before them is. */
  get repeated(): Set<string> {
    const seen = new Set<ImportTarget>();
    const repeated = new Set<string>();
    for (const name of this.#names) {
      const target = this.columns[name];
      if (!target || SHARED.includes(target)) continue;
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

  /** The preview follows a change after a moment. */
  changed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(), AFTER_MS);
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
