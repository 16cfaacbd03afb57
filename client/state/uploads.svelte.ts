// Files on their way to the server. Each is kept on the device until it is attached, sent in parts from where it stands,
// and follows the event or comment that it belongs to, when that itself is still waiting to be sent.
import {
  cleanFileName,
  type FileOwner,
  isSound,
  MAX_FILE_BYTES,
  MAX_FILES,
  MOST_SENT_BYTES,
  type Recording,
  SENT_BYTES,
} from '@svodka/shared/contracts/file';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { live, retryDelay } from '../api/live.ts';
import { ApiError, ask } from '../api/rest.ts';
import { uploadPart } from '../api/upload.ts';
import { errorText } from './error-text.ts';
import { t } from './i18n.svelte.ts';
import { keepFile, keptFile, letFileGo } from './kept-files.ts';
import { listOwn, writeOwn } from './own-storage.ts';
import { isForNow, queue } from './queue.svelte.ts';
import { session } from './session.svelte.ts';
import { toasts } from './toasts.svelte.ts';
import { UPLOADS } from './uploads-kept.ts';

/** What is kept of one, beside its bytes. */
type Kept = {
  owner: FileOwner;
  name: string;
  size: number;
  /** Of a sound: on what ground it is kept; `asked`: somebody has yet to say. */
  recording?: Recording | 'asked';
  /** It waits until its form is sent. */
  held?: boolean;
  /** The entry of the outbox that makes its owner. */
  after?: Id;
  /** Why it was refused: the next page does not send it again unasked. */
  failure?: string;
};
const AT_ONCE = 2;

export class Waiting {
  readonly id: Id;
  kept: Kept;
  /** Bytes that have left. */
  sent = $state(0);
  failure = $state('');
  readonly abort = new AbortController();

  constructor(id: Id, kept: Kept) {
    this.id = id;
    this.kept = $state.raw(kept);
    this.failure = kept.failure ?? '';
  }

  /** It was not even taken: there is nothing to send again. */
  get isTooLarge(): boolean {
    return this.kept.size > MAX_FILE_BYTES;
  }
}

const isOf = (one: FileOwner, other: FileOwner) => one.kind === other.kind && one.id === other.id;

class Uploads {
  #all = $state.raw<readonly Waiting[]>([]);
  #sending = new Set<Id>();
  #person: Id | null = null;
  #wake = new Set<() => void>();

  constructor() {
    session.onEntered((user) => {
      this.#person = user.id;
      for (const [name, kept] of listOwn<Kept>(user.id, UPLOADS)) {
        const id = name.slice(UPLOADS.length);
        if (!this.#all.some((each) => each.id === id)) this.#all = [...this.#all, new Waiting(id, kept)];
      }
      this.#go();
    });
    queue.onDone(({ id }, { event }) => {
      for (const each of this.#all)
        if (each.kept.after === id && each.kept.owner.kind === 'event' && event)
          this.#keep(each, { ...each.kept, owner: { kind: 'event', id: event.id } });
    });
    queue.onChange(() => this.#awake());
    live.onState((state) => state === 'online' && this.#awake());
  }

  /** Those of an owner, oldest first. */
  of(owner: FileOwner): Waiting[] {
    return this.#all.filter(({ kept }) => isOf(kept.owner, owner));
  }

  /** How many more there is room for. @param there how many the owner has */
  roomOf(owner: FileOwner, there: number): number {
    return Math.max(0, MAX_FILES - there - this.of(owner).length);
  }

  /** @param options `held`: until `release`; `there`: how many the owner has: no more are taken than there is room for */
  add(
    owner: FileOwner,
    files: readonly File[],
    { there = 0, ...options }: { held?: boolean; there?: number } = {},
  ): void {
    const room = this.roomOf(owner, there);
    if (files.length > room)
      toasts.show({
        key: 'files too many',
        title: t('attachments.notAll', { count: files.length - room }),
        text: t('attachments.most', { most: MAX_FILES }),
        tone: 'critical',
        lastsMs: null,
      });
    for (const file of files.slice(0, room)) {
      const name = cleanFileName(file.name) || t('attachments.unnamed');
      // A scan that came to nothing: whoever attaches it takes it for one that is there.
      if (file.size === 0) {
        const title = t('attachments.failed.title', { name });
        toasts.show({ key: `empty ${name}`, title, text: t('reason.empty-file'), tone: 'critical' });
        continue;
      }
      const isVoice = owner.kind === 'event' && isSound({ name, mime: file.type });
      const each = new Waiting(newId(), {
        owner,
        name,
        size: file.size,
        ...(isVoice && { recording: 'asked' }),
        ...options,
      });
      this.#all = [...this.#all, each];
      if (each.isTooLarge) {
        each.failure = t('attachments.tooLarge');
        continue;
      }
      void keepFile(each.id, file).then(() => {
        this.#keep(each, each.kept);
        this.#go();
      });
    }
  }

  /** The form was sent: what was held for it follows the entry that it made. */
  release(held: FileOwner, owner: FileOwner, after: Id): void {
    for (const each of this.of(held)) {
      if (!each.kept.held) continue;
      const { held: _, ...kept } = each.kept;
      this.#keep(each, { ...kept, owner, after });
    }
    this.#go();
  }

  /** Somebody has said on what ground a recording is kept. */
  answer(each: Waiting, recording: Recording): void {
    this.#unfail(each);
    this.#keep(each, { ...each.kept, recording });
    this.#go();
  }

  /** Calls it off. */
  drop(each: Waiting): void {
    each.abort.abort();
    const wasBegun = this.#sending.has(each.id) || each.sent > 0;
    this.#forget(each);
    if (wasBegun) void ask('DELETE /files/:id/upload', { id: each.id }).catch(() => undefined);
  }

  /** The form is not wanted any more. */
  dropHeld(owner: FileOwner): void {
    for (const each of this.of(owner)) if (each.kept.held) this.drop(each);
  }

  again(each: Waiting): void {
    if (each.isTooLarge) return;
    this.#unfail(each);
    this.#go();
  }

  #unfail(each: Waiting): void {
    const { failure: _, ...kept } = each.kept;
    each.failure = '';
    this.#keep(each, kept);
  }

  #keep(each: Waiting, kept: Kept): void {
    each.kept = kept;
    if (this.#person && this.#all.includes(each)) writeOwn(this.#person, UPLOADS + each.id, kept);
  }

  #forget(each: Waiting): void {
    this.#all = this.#all.filter((other) => other !== each);
    if (this.#person) writeOwn(this.#person, UPLOADS + each.id, null);
    void letFileGo(each.id);
    this.#awake();
  }

  #go(): void {
    for (const each of this.#all) {
      if (this.#sending.size >= AT_ONCE) return;
      if (each.kept.held || each.kept.recording === 'asked' || each.failure || this.#sending.has(each.id))
        continue;
      this.#sending.add(each.id);
      void this.#alone(each)
        .catch((error: unknown) => this.#failed(each, error))
        .finally(() => {
          this.#sending.delete(each.id);
          this.#go();
        });
    }
  }

  /** Of the tabs of a person one sends it; on plain http there are no locks, and the server takes the later one. */
  #alone(each: Waiting): Promise<void> {
    if (!navigator.locks) return this.#send(each);
    return navigator.locks.request(`svodka.file.${each.id}`, () => this.#send(each));
  }

  async #send(each: Waiting): Promise<void> {
    for (let attempt = 0; this.#all.includes(each); ) {
      if (!(await this.#ownerIsThere(each))) return this.#forget(each);
      const file = await keptFile(each.id);
      // Another tab has sent it.
      if (!file) return this.#forget(each);
      try {
        await this.#parts(each, file);
        return this.#forget(each);
      } catch (error) {
        if (each.abort.signal.aborted) return;
        const isElsewhere =
          error instanceof ApiError && error.code === 'conflict' && error.current !== undefined;
        if (!isElsewhere && !(error instanceof ApiError && isForNow(error))) throw error;
        await this.#pause(retryDelay(attempt++));
      }
    }
  }

  async #parts(each: Waiting, file: Blob): Promise<void> {
    const { owner, name, size, recording } = each.kept;
    const ground = typeof recording === 'object' ? { recording } : {};
    let upload = await ask('POST /files', { body: { id: each.id, owner, name, size, ...ground } });
    for (let [bytes, most] = [SENT_BYTES, MOST_SENT_BYTES]; !upload.file; ) {
      const { offset } = upload;
      each.sent = offset;
      const part = file.slice(offset, offset + bytes);
      const { signal } = each.abort;
      const onprogress = (share: number) => {
        each.sent = offset + share * part.size;
      };
      try {
        upload = await uploadPart(each.id, offset, part, { signal, onprogress });
        bytes = Math.min(2 * bytes, most);
      } catch (error) {
        // A proxy in between takes less at once, and has no words of ours.
        const isProxys = error instanceof ApiError && error.code === 'too-large' && !error.message;
        if (!isProxys || bytes === SENT_BYTES) throw error;
        bytes = most = SENT_BYTES;
      }
    }
  }

  /** Waits for the owner, where it is still on its way itself. False: it was dropped. */
  async #ownerIsThere({ kept }: Waiting): Promise<boolean> {
    const entry = () => queue.entries.find(({ id }) => id === kept.after);
    if (!kept.after || !entry()) return true;
    let isDone = false;
    const off = queue.onDone(({ id }) => {
      if (id === kept.after) isDone = true;
    });
    while (entry()) await this.#pause(60_000);
    off();
    return isDone;
  }

  /** Until something happens, or for so long, ms. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => wake(), ms);
      const wake = () => {
        clearTimeout(timer);
        this.#wake.delete(wake);
        resolve();
      };
      this.#wake.add(wake);
    });
  }

  #awake(): void {
    for (const wake of [...this.#wake]) wake();
  }

  #failed(each: Waiting, error: unknown): void {
    each.failure = errorText(error) || t('attachments.failed');
    this.#keep(each, { ...each.kept, failure: each.failure });
    toasts.show({
      key: `file ${each.id}`,
      title: t('attachments.failed.title', { name: each.kept.name }),
      text: each.failure,
      tone: 'critical',
      group: {
        key: 'files',
        sum: (members) => ({
          title: t('attachments.failed.many', { count: members.length }),
          text: [...new Set(members.map(({ text }) => text))].join('\n'),
        }),
      },
    });
  }
}

export const uploads = new Uploads();
