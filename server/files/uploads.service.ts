import { isUtf8 } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import {
  type Attachment,
  CHUNK_BYTES,
  type FileOwner,
  isSound,
  MAX_FILE_BYTES,
  MAX_FILES,
  type Recording,
  SHOWN_PICTURES,
  type Upload,
  type UploadCreate,
} from '@svodka/shared/contracts/file';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { Actor } from '@svodka/shared/rules/permissions';
import { Clock } from '../platform/clock.ts';
import { Disk } from '../platform/data-directory/disk.ts';
import { type FileDoc, toAttachment, type UploadDoc } from './file.schema.ts';
import { FileOwners } from './file-owners.ts';
import { FileStore } from './file-store.ts';
import { Pictures } from './pictures/pictures.service.ts';
import { BlockPool, blocksOf } from './pieces.ts';
import { Recordings } from './recordings.service.ts';
import { UploadsRepository } from './uploads.repository.ts';

/** What one person may have on its way. */
const QUOTA = { files: 100, bytes: 8 * 1024 ** 3 };
/** Pieces that are written at once, and blocks that are held: one comes in while the others are on their way to the disk. */
const BLOCK = 8;
const HELD = 3;
/** Blocks that are kept for the next requests: of two uploads at once. */
const KEPT_BLOCKS = 2 * HELD;
/** A larger picture is kept as it is, and only downloaded. */
const MOST_PICTURE_BYTES = 64 * 1024 ** 2;
/** Sums of uploads that are going on; of one that is not here the sum is made of what is kept. */
const MOST_SUMS = 500;

/** Endings that promise a kind of content. Whoever opens such a file trusts them. */
const PROMISES: [RegExp, RegExp][] = [
  [/\.(?:jpe?g|png|webp|gif|avif|heic|heif|bmp|tiff?)$/i, /^image\//],
  [/\.pdf$/i, /^application\/pdf$/],
  // A container of moving pictures may hold sound alone.
  [/\.(?:wav|ogg|oga|opus|mp3|m4a|aac|flac)$/i, /^(?:audio|video)\//],
];

/**
 * Takes files in: begun with a name and a size, sent in parts from where it stands, attached with the last byte. Until
 * then nobody sees anything of them (FI2). What was cut is gone on with, by this or another process.
 */
@Injectable()
export class UploadsService {
  readonly #sums = new Map<Id, { offset: number; hash: Hash }>();
  readonly #blocks = new BlockPool(BLOCK * CHUNK_BYTES, KEPT_BLOCKS);
  readonly #ending = new Map<Id, Promise<Upload>>();

  constructor(
    private readonly uploads: UploadsRepository,
    private readonly store: FileStore,
    private readonly owners: FileOwners,
    private readonly pictures: Pictures,
    private readonly recordings: Recordings,
    private readonly disk: Disk,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `not-found`, `forbidden`, `too-large`, `insufficient-storage`, `conflict` for an id of another */
  async begin(actor: Actor, create: UploadCreate): Promise<{ upload: Upload; isNew: boolean }> {
    const { id = newId(this.clock.now().getTime()), owner, name, size, recording } = create;
    if (size > MAX_FILE_BYTES) throw new AppError('too-large', '#file-size');
    await this.owners.mayAttach(actor, owner);
    // What the name promises is asked for before two gigabytes of it have come.
    this.recordings.admit({ name }, { owner, recording });
    if (recording) this.recordings.check(recording);
    const { count, bytes } = await this.uploads.underWay(actor.id);
    if (count >= QUOTA.files || bytes + size > QUOTA.bytes) throw new AppError('too-large', '#upload-quota');
    if (!(await this.disk.hasRoom())) throw new AppError('insufficient-storage', 'no room for files');
    const doc = this.#begun({ _id: id, owner, by: actor.id, name, size, ...(recording && { recording }) });
    const known = await this.uploads.begin(doc);
    if (!known) return { upload: await this.#told(actor, doc), isNew: true };
    const isSame =
      known.by === actor.id && known.name === name && known.size === size && known.owner.id === owner.id;
    if (!isSame) throw new AppError('conflict', '#exists', [{ field: 'id', reason: 'taken' }]);
    return { upload: await this.#told(actor, known), isNew: false };
  }

  /** @throws AppError `not-found` */
  async state(actor: Actor, id: Id): Promise<Upload> {
    return this.#told(actor, await this.#own(actor, id));
  }

  /**
   * Takes in what comes from `offset` on. What is cut in the midst of a piece loses that piece; where it stands is said.
   * @throws AppError `conflict` with where it stands, `too-large` beyond the size that was said
   */
  async append(actor: Actor, id: Id, offset: number, body: Readable): Promise<Upload> {
    const upload = await this.#own(actor, id);
    if (upload.fileId) return this.#told(actor, upload);
    await this.owners.mayAttach(actor, upload.owner);
    const writer = newId();
    const held = offset === upload.offset ? await this.uploads.take(id, offset, writer) : null;
    if (!held) throw await this.#elsewhere(actor, id);
    const at = await this.#take(held, writer, body);
    if (at < upload.size) return this.#told(actor, { ...held, offset: at });
    const ending = this.#ending.get(id) ?? this.#finish(actor, { ...held, offset: at });
    this.#ending.set(id, ending);
    return ending.finally(() => this.#ending.delete(id));
  }

  /** Calls it off. What became a file stays. */
  async cancel(actor: Actor, id: Id): Promise<void> {
    const upload = await this.#own(actor, id);
    if (!upload.fileId) await this.#drop(upload);
  }

  /**
   * Takes a recording in for the server itself, whole. The same id again changes nothing; what is left of an earlier try
   * goes first.
   * @returns false: it was there
   */
  async takeRecording(
    {
      id,
      owner,
      name,
      size,
      recording,
    }: { id: Id; owner: FileOwner; name: string; size: number; recording: Recording },
    body: Readable,
  ): Promise<boolean> {
    if (size > MAX_FILE_BYTES) throw new AppError('too-large', '#file-size');
    const doc = this.#begun({ _id: id, owner, by: '', name, size, recording });
    // Named once it is not taken again, also when its time is over and only its line is left (FI9).
    if ((await this.owners.filesOfEvent(owner)).some((each) => each.id === id)) return false;
    const there = await this.store.file(id);
    if (there) {
      // Whoever died after the file, and before its name in the event; what somebody took off stays off.
      if (there.metadata.detachedAt === null) await this.#finish(null, doc);
      return false;
    }
    if (!(await this.disk.hasRoom())) throw new AppError('insufficient-storage', 'no room for files');
    const known = await this.uploads.begin(doc);
    if (known) {
      await this.#drop(known);
      await this.uploads.begin(doc);
    }
    const writer = newId();
    const held = await this.uploads.take(id, 0, writer);
    if (!held) throw new AppError('unavailable', 'another process takes this recording');
    if ((await this.#take(held, writer, body)) < size) throw new AppError('unavailable', 'the file was cut');
    await this.#finish(null, held);
    return true;
  }

  #begun(of: Pick<UploadDoc, '_id' | 'owner' | 'by' | 'name' | 'size' | 'recording'>): UploadDoc {
    const now = this.clock.now();
    return { ...of, offset: 0, writer: null, createdAt: now, touchedAt: now, fileId: null };
  }

  async #take({ _id: id, size, offset }: UploadDoc, writer: string, body: Readable): Promise<number> {
    let [kept, whole, at] = [offset, offset, offset];
    const sum = this.#sums.get(id);
    // Of what is gone on with elsewhere meanwhile nobody goes on with this sum.
    this.#sums.delete(id);
    const hash = sum?.offset === offset ? sum.hash : offset === 0 ? createHash('sha256') : null;
    let written: Promise<void> = Promise.resolve();
    let noted: Promise<void> = Promise.resolve();
    const note = async (end: number) => {
      // What came after it may have been noted with one before.
      if (kept >= end) return;
      const to = whole;
      if (!(await this.uploads.advance(id, writer, to)))
        throw new AppError('conflict', 'another request goes on with this upload');
      kept = to;
    };
    /** Blocks reach the disk side by side; how far all is whole is noted in their order. */
    const write = (from: number, block: Buffer): Promise<void> => {
      const end = from + block.length;
      const [writtenBefore, notedBefore] = [written, noted];
      const mine = this.store.writeBlock(id, from / CHUNK_BYTES, block);
      written = mine
        .then(() => writtenBefore)
        .then(() => {
          whole = end;
        });
      noted = written.then(() => notedBefore).then(() => note(end));
      noted.catch(() => undefined);
      // While the store is at it.
      hash?.update(block);
      return noted;
    };
    const under: Promise<void>[] = [];
    const lent: Buffer[] = [];
    const blockOf = (bytes: number) => {
      const block = this.#blocks.take(bytes);
      lent.push(block);
      return block;
    };
    try {
      const how = { size: CHUNK_BYTES, most: BLOCK, turns: HELD, rest: size - offset, blockOf };
      for await (const block of blocksOf(body, how)) {
        under.push(write(at, block));
        at += block.length;
        if (under.length === HELD) await under.shift();
      }
    } catch (error) {
      // The line was cut: nobody is there to be answered, and nothing is wrong.
      throw body.errored ? new AppError('unavailable', 'the body was cut') : error;
    } finally {
      // Nothing of it is written any more when whoever asked goes on with it.
      await Promise.allSettled(under);
      await noted;
      this.#blocks.giveBack(lent);
      if (hash) this.#remember(id, kept, hash);
    }
    return kept;
  }

  async #finish(actor: Actor | null, upload: UploadDoc): Promise<Upload> {
    try {
      const file = await this.#made(upload);
      const attached = await this.#attach(actor, upload, file);
      await this.uploads.became(upload._id, attached.id);
      this.#sums.delete(upload._id);
      // Of a picture that was written anew what came is not wanted any more.
      if (attached.id !== upload._id) await this.store.removeBytes(upload._id);
      return { ...toUpload(upload), file: attached };
    } catch (error) {
      // What is refused for what it is would be refused again.
      const isFinal =
        error instanceof AppError &&
        ['validation', 'unsupported-media', 'too-large', 'conflict'].includes(error.code);
      if (isFinal) await this.#drop(upload);
      throw error;
    }
  }

  /** The file of an upload that is all there; a repetition finds it. */
  async #made(upload: UploadDoc): Promise<FileDoc> {
    const known = await this.store.file(upload._id);
    if (known) return known;
    const { mime, picture, thumbnail, clean } = await this.#seen(upload);
    const id = clean ? newId(this.clock.now().getTime()) : upload._id;
    if (clean) await this.#writeWhole(id, clean);
    const sha256 = clean ? createHash('sha256').update(clean).digest('hex') : await this.#sumOf(upload);
    const file: FileDoc = {
      _id: id,
      length: clean?.length ?? upload.size,
      chunkSize: CHUNK_BYTES,
      uploadDate: this.clock.now(),
      filename: upload.name,
      metadata: {
        sha256,
        mime,
        owner: upload.owner,
        by: upload.by,
        uploadId: upload._id,
        picture,
        ...(upload.recording && isSound({ name: upload.name, mime }) && { recording: upload.recording }),
        detachedAt: null,
      },
    };
    await this.store.insertFile(file, thumbnail);
    return file;
  }

  /** @throws AppError `unsupported-media`, `too-large` for what is not to be kept */
  async #seen(upload: UploadDoc) {
    const { size, name } = upload;
    const head = await this.#bytes(upload, Math.min(size, CHUNK_BYTES));
    const known = size > 0 ? await this.pictures.typeOf(upload.by, head) : null;
    const mime = known ?? (isText(head, size) ? 'text/plain' : 'application/octet-stream');
    for (const [ending, content] of PROMISES)
      if (ending.test(name) && !content.test(mime)) throw new AppError('unsupported-media', '#not-a-picture');
    this.recordings.admit({ name, mime }, upload);
    const plain = { mime, picture: null, thumbnail: null, clean: null };
    if (!SHOWN_PICTURES.includes(mime)) return plain;
    if (size > MOST_PICTURE_BYTES) return { ...plain, mime: 'application/octet-stream' };
    const bytesOf = () => this.#bytes(upload, size);
    const { width, height, ...rest } = await this.pictures.picture(upload.by, mime, bytesOf);
    return { mime, picture: { width, height }, ...rest };
  }

  /** Lets the owner name the file; the last step, and from it on it is seen. */
  async #attach(actor: Actor | null, upload: UploadDoc, file: FileDoc): Promise<Attachment> {
    const { owner } = upload;
    const there = await (actor ? this.owners.filesOf(actor, owner) : this.owners.filesOfEvent(owner));
    const twins = await this.store.filesByIds(there.map(({ id }) => id));
    const twin = twins.find(({ metadata }) => metadata.sha256 === file.metadata.sha256);
    if (twin && twin._id !== file._id) {
      await this.store.setDetached(file._id, this.clock.now());
      // Two requests ended the same upload at once.
      if (twin.metadata.uploadId === upload._id) return toAttachment(twin);
      throw new AppError('conflict', '#same-file');
    }
    const next = (files: Attachment[]) => {
      if (files.some(({ id }) => id === file._id)) return files;
      if (files.length >= MAX_FILES) throw new AppError('too-large', '#too-many-files');
      return [...files, toAttachment(file)];
    };
    if (actor) await this.owners.change(actor, owner, next);
    else await this.owners.carry(owner, next);
    return toAttachment(file);
  }

  async #writeWhole(id: Id, bytes: Uint8Array): Promise<void> {
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const step = BLOCK * CHUNK_BYTES;
    for (let at = 0; at < all.length; at += step)
      await this.store.writeBlock(id, at / CHUNK_BYTES, all.subarray(at, at + step));
  }

  async #bytes({ _id, size }: UploadDoc, end: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.store.read(_id, { start: 0, end, length: size })) parts.push(part);
    return Buffer.concat(parts);
  }

  async #sumOf({ _id, size }: UploadDoc): Promise<string> {
    const known = this.#sums.get(_id);
    if (known?.offset === size) return known.hash.copy().digest('hex');
    const hash = createHash('sha256');
    for await (const part of this.store.read(_id, { start: 0, end: size, length: size })) hash.update(part);
    return hash.digest('hex');
  }

  #remember(id: Id, offset: number, hash: Hash): void {
    this.#sums.delete(id);
    this.#sums.set(id, { offset, hash });
    const [oldest] = this.#sums.keys();
    if (this.#sums.size > MOST_SUMS && oldest) this.#sums.delete(oldest);
  }

  async #drop({ _id }: UploadDoc): Promise<void> {
    this.#sums.delete(_id);
    await this.uploads.remove(_id);
    const file = await this.store.file(_id);
    if (file) await this.store.setDetached(_id, this.clock.now());
    else await this.store.removeBytes(_id);
  }

  async #own(actor: Actor, id: Id): Promise<UploadDoc> {
    const upload = await this.uploads.of(actor.id, id);
    if (!upload) throw new AppError('not-found', 'no such upload');
    return upload;
  }

  async #elsewhere(actor: Actor, id: Id): Promise<AppError> {
    const current = await this.state(actor, id);
    return new AppError('conflict', 'the upload stands elsewhere', [], { current });
  }

  async #told(actor: Actor, upload: UploadDoc): Promise<Upload> {
    if (!upload.fileId) return toUpload(upload);
    const files = await this.owners.filesOf(actor, upload.owner);
    return { ...toUpload(upload), file: files.find(({ id }) => id === upload.fileId) ?? null };
  }
}

const toUpload = ({ _id, name, size, offset }: UploadDoc): Upload => ({
  id: _id,
  name,
  size,
  offset,
  file: null,
});

/** UTF-8 without NUL; of a longer file the first piece, whose last sign may be cut. */
function isText(head: Buffer, size: number): boolean {
  if (head.includes(0)) return false;
  if (size <= head.length) return isUtf8(head);
  return [0, 1, 2, 3].some((cut) => isUtf8(head.subarray(0, head.length - cut)));
}
