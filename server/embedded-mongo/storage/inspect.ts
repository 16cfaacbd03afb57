/** What is looked at before LMDB maps a data file: whether it is whole, and whether it is a copy. Nothing is changed. */
import { existsSync } from 'node:fs';
import { DamagedStoreError } from './damage.ts';
import { DataFile, type Meta } from './data-file.ts';
import { identityOf, isCopy, readNote } from './seal.ts';
import { Walk, type Walked } from './walk.ts';

export interface Inspection {
  /**
   * `new`: there was nothing. `closed`: it is, byte for byte, what an orderly end left. `recovered`: there was no
   * orderly end, and a walk found everything in place. `unsealed`: the same, of a store without a readable seal.
   * `altered`: bytes changed after an orderly end, in places that hold nothing.
   */
  state: 'new' | 'closed' | 'recovered' | 'unsealed' | 'altered';
  isCopy: boolean;
  newest: Meta | undefined;
  /** What the walk found, when there was one. */
  walked: Walked | undefined;
  ms: number;
}

/** @throws DamagedStoreError when something is wrong, in one sentence that names it */
export function inspect(path: string, sealPath: string): Inspection {
  const startedAt = performance.now();
  const note = readNote(sealPath);
  const file = DataFile.open(path);
  if (!file) {
    if (note !== undefined) throw new DamagedStoreError(`${path} is ${existsSync(path) ? 'empty' : 'gone'}`);
    return { state: 'new', isCopy: false, newest: undefined, walked: undefined, ms: 0 };
  }
  try {
    const metas = file.metas();
    const [newest] = metas;
    file.checkLength(newest);
    if (note) {
      if (newest.transaction < note.transaction)
        throw new DamagedStoreError(
          `${path} is damaged, or older than its directory: transaction ${newest.transaction} is its newest, and ${note.transaction} was written`,
        );
      const noted = metas.find(({ transaction }) => transaction === note.transaction);
      if (noted && noted.crc !== note.meta)
        throw new DamagedStoreError(`${path} is damaged: a meta page is not what was written`);
    }
    const result = (state: Inspection['state'], walked?: Walked): Inspection => ({
      state,
      // A data file that came without its seal came alone: from a backup.
      isCopy: note ? isCopy(note, identityOf(path)) : note === undefined && walked?.told !== undefined,
      newest,
      walked,
      ms: Math.round(performance.now() - startedAt),
    });
    const isClosed = note?.closed === true && note.transaction === newest.transaction;
    if (isClosed && file.size === note.size && file.checksum() === note.checksum) return result('closed');
    const walked = new Walk(file, newest).run();
    return result(isClosed ? 'altered' : note ? 'recovered' : 'unsealed', walked);
  } finally {
    file.close();
  }
}
