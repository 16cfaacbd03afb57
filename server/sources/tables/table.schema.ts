import type { Id } from '@svodka/shared/contracts/id';
import type { TableMapping } from '@svodka/shared/contracts/tables';
import type { Touched } from '../../platform/context/request-context.ts';
import type { CollectionPlan } from '../../platform/mongo/collection-plan.ts';

export type DumpTold = { rows: number; new: number; events: number; refused: number; sumKop: number };

/** A table that comes again and again. What was accepted last lies in GridFS (`tableDumps`), packed. */
export type TableDoc = {
  _id: Id;
  name: string;
  mapping: TableMapping;
  dump: {
    seq: number;
    rows: number;
    gone: number;
    fileName: string;
    at: Date;
    fileId: Id;
    /** Whether it ended without a line break, and was whole. Absent: nobody knows. */
    isOpen?: boolean;
    /** What it brought, for the access log: rows of the file, those that are new, events, cells not read, money. Absent on older ones. */
    told?: DumpTold;
  } | null;
  /** As of a module (`source.schema.ts`). Absent: it is on, and not waited for. */
  isOn?: boolean;
  expectMin?: number | null;
  waitedSince?: Date;
  silentSince?: Date | null;
  createdAt: Date;
  createdBy: Id;
  version: number;
  /** Whose change it was last. */
  touched?: Touched;
};

export const TABLE_COLLECTIONS: CollectionPlan[] = [{ collection: 'tables', images: true, indexes: [] }];
