import type { FileSource, FolderFile } from '@svodka/shared/contracts/folder';
import type { Source, SourceEdit, SourceError } from '@svodka/shared/contracts/ingest';
import type { ConnectedModule } from '@svodka/shared/contracts/modules';
import type { TableEdit } from '@svodka/shared/contracts/tables';
import { live } from '../../api/live.ts';
import { ask } from '../../api/rest.ts';
import { toasts } from '../../state/toasts.svelte.ts';
import { whenBack } from '../../state/when-back.ts';

/** A stream of fifty thousand lines tells of five hundred batches: they are looked at together. */
const TOGETHER_MS = 700;
/** Of the watched folder nobody tells: it is looked at while somebody looks. */
const FOLDER_MS = 4_000;

export type SourceRow = Source & { id: ConnectedModule };
/** A source that is made of files, in the list: one may be called like a module. */
type FileRow = Pick<FileSource, 'errors' | 'lastHeardAt'> & { id: string; files: FileSource };
export const fileRowId = (id: string): string => `files/${id}`;

/**
 * The modules as they stand, and the refused lines of the one that is open; what is made of files, and what became of
 * those of the one that is open. Live.
 */
export class Sources {
  #items = $state.raw<readonly SourceRow[]>([]);
  #state = $state<'loading' | 'ready' | 'failed'>('loading');
  #error = $state.raw<unknown>(null);
  #files = $state.raw<readonly FileSource[]>([]);
  #folder = $state.raw<readonly FolderFile[]>([]);
  #errors = $state.raw<readonly SourceError[]>([]);
  #nextError = $state.raw<string | null>(null);
  #module: ConnectedModule | null = null;
  #file: string | null = null;
  readonly #looking = setInterval(() => {
    if (this.#files.some(({ folder }) => folder)) void this.refresh();
  }, FOLDER_MS);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  readonly #off: (() => void)[];

  readonly hasMore = false;
  readonly pageState = 'idle' as const;

  constructor() {
    this.#off = [
      live.onConnect(() => void this.refresh()),
      live.on('source.changed', () => this.#soon()),
      whenBack(() => void this.refresh()),
    ];
    void this.refresh();
  }

  get items(): readonly (SourceRow | FileRow)[] {
    return [...this.#items, ...this.#files.map((files) => ({ ...files, id: fileRowId(files.id), files }))];
  }

  findFile(id: string | null): FileSource | undefined {
    return this.#files.find((each) => each.id === id);
  }

  /** The files of the source that is open. */
  get folder(): readonly FolderFile[] {
    return this.#folder;
  }

  get state(): 'loading' | 'ready' | 'failed' {
    return this.#state;
  }

  get error(): unknown {
    return this.#error;
  }

  get errors(): readonly SourceError[] {
    return this.#errors;
  }

  get hasMoreErrors(): boolean {
    return this.#nextError !== null;
  }

  find(module: string | null): SourceRow | undefined {
    return this.#items.find((each) => each.module === module);
  }

  /** Reads the refused lines of this module from now on. */
  look(module: ConnectedModule | null): void {
    if (module === this.#module) return;
    this.#module = module;
    this.#errors = [];
    this.#nextError = null;
    if (module) void this.#readErrors();
  }

  /** Reads what became of the files of this source from now on. */
  lookAtFiles(id: string | null): void {
    if (id === this.#file) return;
    [this.#file, this.#folder] = [id, []];
    if (id) void this.#readFolder();
  }

  async loadMore(): Promise<void> {}

  async refresh(): Promise<void> {
    try {
      const { items, files } = await ask('GET /sources');
      if (this.#closed) return;
      this.#items = items.map((source) => ({ ...source, id: source.module }));
      this.#files = files;
      this.#state = 'ready';
      await Promise.all([this.#readErrors(), this.#readFolder()]);
    } catch (error) {
      if (this.#closed || this.#state === 'ready') return;
      this.#state = 'failed';
      this.#error = error;
    }
  }

  /** Shown at once, taken back when the server refuses. @returns whether it was done */
  async edit(edit: SourceEdit): Promise<boolean> {
    const before = this.#items;
    this.#items = before.map((each) => (each.module === edit.module ? { ...each, ...edit } : each));
    try {
      await ask('PATCH /sources', { body: edit });
      await this.refresh();
      return true;
    } catch (error) {
      this.#items = before;
      toasts.fail(error);
      return false;
    }
  }

  /** @returns whether it was done */
  async editTable(id: string, edit: Pick<TableEdit, 'isOn' | 'expectMin'>): Promise<boolean> {
    try {
      await ask('PATCH /tables/:id', { id, body: edit });
      return true;
    } catch (error) {
      toasts.fail(error);
      return false;
    } finally {
      await this.refresh();
    }
  }

  async moreErrors(): Promise<void> {
    const after = this.#nextError;
    const module = this.#module;
    if (!after || !module) return;
    const page = await ask('GET /sources/errors', { query: { module, after } });
    if (module !== this.#module) return;
    const known = new Set(this.#errors.map(({ id }) => id));
    this.#errors = [...this.#errors, ...page.items.filter(({ id }) => !known.has(id))];
    this.#nextError = page.next;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#looking);
    for (const off of this.#off) off();
  }

  async #readErrors(): Promise<void> {
    const module = this.#module;
    if (!module) return;
    try {
      const page = await ask('GET /sources/errors', { query: { module } });
      if (this.#closed || module !== this.#module) return;
      this.#errors = page.items;
      this.#nextError = page.next;
    } catch {
      // The next news of the source asks again.
    }
  }

  async #readFolder(): Promise<void> {
    const source = this.#file;
    if (!source) return;
    try {
      const { items } = await ask('GET /sources/files', { query: { source } });
      if (!this.#closed && source === this.#file) this.#folder = items;
    } catch {
      // The next look asks again.
    }
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.refresh();
    }, TOGETHER_MS);
  }
}
