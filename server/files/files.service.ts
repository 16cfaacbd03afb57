import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Attachment, isSound, type Recording } from '@svodka/shared/contracts/file';
import type { Id } from '@svodka/shared/contracts/id';
import { type Actor, may, withRight } from '@svodka/shared/rules/permissions';
import { AuditService } from '../audit/audit.service.ts';
import { Clock } from '../platform/clock.ts';
import { type FileDoc, toAttachment } from './file.schema.ts';
import { FileOwners } from './file-owners.ts';
import { DamagedFileError, FileStore } from './file-store.ts';
import type { Span } from './range.ts';
import { Recordings } from './recordings.service.ts';

/** While bytes flow, the right to them is looked at again so often, ms. */
const LOOK_AGAIN_MS = 1_000;
/** One opening is told again when it lasts so long, and when it does not say which it is. */
const OPENING_MS = 3_600_000;
/** Openings that are known to be told. */
const MOST_TOLD = 5_000;

/** Files that are attached: read, taken off, put back. */
@Injectable()
export class FilesService {
  readonly #told = new Set<string>();

  constructor(
    private readonly store: FileStore,
    private readonly owners: FileOwners,
    private readonly audit: AuditService,
    private readonly recordings: Recordings,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `not-found`, for what is out of the actor's sight just as for what is not */
  async readable(actor: Actor, id: Id): Promise<FileDoc> {
    const file = await this.store.file(id);
    const files = file ? await this.owners.filesOf(actor, file.metadata.owner) : [];
    if (!file || !files.some((each) => each.id === id)) throw new AppError('not-found', 'no such file');
    return file;
  }

  /** For the server itself: a file that this event carries. @throws AppError `not-found` */
  async carriedBy(eventId: Id, id: Id): Promise<FileDoc> {
    const file = await this.store.file(id);
    const { owner } = file?.metadata ?? {};
    if (!file || owner?.kind !== 'event' || owner.id !== eventId)
      throw new AppError('not-found', 'no such file');
    return file;
  }

  /**
   * The bytes of a part, or of all of it. Of the whole the last piece is held back until the sum of all is right; of a
   * part each piece has a sum of its own.
   * @param stillMay throws when the right to it has ended meanwhile
   * @throws DamagedFileError
   */
  async *bytes(file: FileDoc, span: Span | null, stillMay: () => Promise<unknown>): AsyncGenerator<Buffer> {
    const { _id, length, metadata } = file;
    const hash = span ? null : createHash('sha256');
    let held: Buffer | null = null;
    let lookedAt = performance.now();
    for await (const part of this.store.read(_id, { ...(span ?? { start: 0, end: length }), length })) {
      if (performance.now() - lookedAt > LOOK_AGAIN_MS) {
        await stillMay();
        lookedAt = performance.now();
      }
      if (held) yield held;
      hash?.update(part);
      held = part;
    }
    if (hash && hash.digest('hex') !== metadata.sha256)
      throw new DamagedFileError(`file ${_id} is not what was written`);
    if (held) yield held;
  }

  /**
   * Before a byte of a recording leaves: whether it may be heard, and that the access log tells who opens it.
   * @param how `opening`: what its reader calls one opening of it
   * @throws AppError `forbidden` without a ground for keeping it, or without the right to hear it
   */
  async opened(actor: Actor, file: FileDoc, how: { opening: Id | undefined; from: string }): Promise<void> {
    const { _id, filename: name, metadata } = file;
    if (!isSound({ name, mime: metadata.mime })) return;
    if (!metadata.recording) throw new AppError('forbidden', '#recording-basis');
    if (metadata.by !== actor.id && !(await this.#mayHear(actor, file)))
      throw new AppError('forbidden', '#recording-right');
    const hour = Math.floor(this.clock.now().getTime() / OPENING_MS);
    const key = `played ${_id} ${actor.id} ${how.opening ?? ''} ${hour}`;
    if (this.#told.has(key)) return;
    const { kind, id } = metadata.owner;
    const object = { kind, id } as const;
    await this.audit.tell({
      who: actor.id,
      what: 'recording.played',
      object,
      from: how.from || null,
      details: { file: _id },
      key,
    });
    this.#told.add(key);
    const [oldest] = this.#told;
    if (this.#told.size > MOST_TOLD && oldest) this.#told.delete(oldest);
  }

  /** As far as the roles that may hear recordings see what this one is attached to. */
  async #mayHear(actor: Actor, { _id, metadata }: FileDoc): Promise<boolean> {
    if (!may(actor, 'recordings.play')) return false;
    try {
      const files = await this.owners.filesOf(withRight(actor, 'recordings.play'), metadata.owner);
      return files.some(({ id }) => id === _id);
    } catch (error) {
      if (error instanceof AppError && error.code === 'not-found') return false;
      throw error;
    }
  }

  /** Says on what ground a recording is kept, and until when. @throws AppError `not-found`, `forbidden`, `validation` */
  async keep(actor: Actor, id: Id, recording: Recording, from: string): Promise<Attachment> {
    const file = await this.readable(actor, id);
    const { owner, mime } = file.metadata;
    await this.owners.mayAttach(actor, owner);
    if (!isSound({ name: file.filename, mime })) throw new AppError('unsupported-media', '#no-recording');
    this.recordings.check(recording);
    await this.store.setRecording(id, recording);
    const kept = toAttachment({ ...file, metadata: { ...file.metadata, recording } });
    await this.owners.change(actor, owner, (files) => files.map((each) => (each.id === id ? kept : each)));
    await this.#tell('recording.kept', file, { who: actor.id, from, ...recording });
    return kept;
  }

  async thumbnail(actor: Actor, id: Id): Promise<{ file: FileDoc; bytes: Buffer }> {
    const file = await this.readable(actor, id);
    const bytes = file.metadata.picture ? await this.store.thumbnail(id) : null;
    if (!bytes) throw new AppError('not-found', 'no such thumbnail');
    return { file, bytes };
  }

  /** Takes it off its owner; for a day it can be put back. */
  async remove(actor: Actor, id: Id, from: string): Promise<Attachment> {
    const file = await this.readable(actor, id);
    await this.owners.change(actor, file.metadata.owner, (files) =>
      files.some((each) => each.id === id) ? files.filter((each) => each.id !== id) : files,
    );
    await this.store.setDetached(id, this.clock.now());
    await this.#tell('file.removed', file, { who: actor.id, from });
    return toAttachment(file);
  }

  /** Puts back what was taken off, in its place. @throws AppError `not-found` when its day is over */
  async restore(actor: Actor, id: Id, from: string): Promise<Attachment> {
    const file = await this.store.file(id);
    if (!file) throw new AppError('not-found', 'no such file');
    const files = await this.owners.filesOf(actor, file.metadata.owner);
    const attachment = toAttachment(file);
    if (files.some((each) => each.id === id)) return attachment;
    // One that is attached, and out of the actor's sight.
    if (file.metadata.detachedAt === null) throw new AppError('not-found', 'no such file');
    await this.owners.mayAttach(actor, file.metadata.owner);
    // First kept, then named: what is named is there.
    if (!(await this.store.setDetached(id, null))) throw new AppError('not-found', 'no such file');
    await this.owners.change(actor, file.metadata.owner, (now) =>
      now.some((each) => each.id === id)
        ? now
        : [...now, attachment].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
    );
    await this.#tell('file.restored', file, { who: actor.id, from });
    return attachment;
  }

  /** Of what became of a file; of its name nothing. */
  #tell(
    what: 'file.removed' | 'file.restored' | 'recording.kept',
    { _id, metadata: { owner } }: FileDoc,
    { who, from, ...details }: { who: Id; from: string; basis?: string; until?: string },
  ): Promise<void> {
    const object = { kind: owner.kind, id: owner.id } as const;
    return this.audit.tell({ who, what, object, from: from || null, details: { file: _id, ...details } });
  }
}
