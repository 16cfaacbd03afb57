import { type Binary, type Document } from 'bson';
import { MongoError } from '../errors.ts';
import { bytesOf, fieldsOf, T, typeOf } from '../values/types.ts';

/** What one blocking stage may hold, as in MongoDB. */
export const STAGE_MEMORY = 100 * 1024 * 1024;

/** Roughly the BSON size of a value in bytes: cheap, and right enough to bound memory. */
export function approximateSize(value: unknown): number {
  switch (typeOf(value)) {
    case T.string:
      return (value as string).length + 5;
    case T.object: {
      const fields = fieldsOf(value as Document);
      let size = 5;
      for (const name of Object.keys(fields)) size += name.length + 2 + approximateSize(fields[name]);
      return size;
    }
    case T.array: {
      let size = 5;
      for (const element of value as unknown[]) size += 4 + approximateSize(element);
      return size;
    }
    case T.binary:
      return bytesOf(value as Binary).length + 5;
    default:
      return 16;
  }
}

/** Counts what a stage holds. */
export class MemoryBudget {
  private used = 0;

  constructor(private readonly stage: string) {}

  /** @throws 292 above 100 MB: this store has no disk spill, whatever `allowDiskUse` says */
  add(bytes: number): void {
    this.used += bytes;
    if (this.used > STAGE_MEMORY) {
      throw new MongoError(
        'QueryExceededMemoryLimitNoDiskUseAllowed',
        `Exceeded memory limit for ${this.stage} of ${STAGE_MEMORY} bytes; the embedded store does not spill to disk`,
      );
    }
  }
}
