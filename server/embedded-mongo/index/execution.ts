import type { Document } from 'bson';
import { FieldPicker } from '../bson/raw.ts';
import { compileFilter } from '../query/match.ts';
import type { Collection } from '../storage/catalog.ts';
import { unseal } from '../storage/checksum.ts';
import { DamagedStoreError } from '../storage/damage.ts';
import { Found, type Records } from '../storage/records.ts';
import type { View } from '../storage/store.ts';
import { fieldsOfFilter } from './index.ts';
import type { Access, Plan } from './plan.ts';
import { type Candidate, type PlanRequest, planQuery } from './planner.ts';
import { openScan, type Scan } from './scan.ts';

/** A compiled filter, with the top-level fields it looks at when they are known. */
export class Filter {
  readonly source: Document;
  readonly matches: (document: Document) => boolean;
  readonly #picker: FieldPicker | undefined;
  readonly empty: boolean;

  /** @throws MongoError for what is not a filter */
  constructor(source: Document, now?: Date) {
    this.source = source;
    this.matches = compileFilter(source, now);
    this.empty = Object.keys(source).length === 0;
    const fields = knownFields(source);
    if (fields) this.#picker = new FieldPicker(fields);
  }

  accepts(found: Found): boolean {
    if (this.empty) return true;
    // Decoding only what the filter asks for is several times cheaper on wide documents.
    return this.matches(this.#picker ? this.#picker.decode(found.bytes) : found.document);
  }
}

/** undefined when an operator at the top may look anywhere. */
function knownFields(filter: Document): ReadonlySet<string> | undefined {
  if (hasWholeDocumentOperator(filter)) return undefined;
  const fields = new Set<string>();
  fieldsOfFilter(filter, fields);
  return fields;
}

function hasWholeDocumentOperator(filter: Document): boolean {
  return Object.entries(filter).some(([name, value]) => {
    if (name === '$and' || name === '$or' || name === '$nor') {
      return (value as Document[]).some(hasWholeDocumentOperator);
    }
    return name.startsWith('$') && name !== '$comment';
  });
}

/** A candidate was looked at and does not match; time to ask whether to go on. */
export const NOTHING = Symbol('nothing');

/** Runs a plan step by step. Must be paused before control returns to the event loop. */
export class Execution {
  readonly plan: Plan;
  readonly collection: Collection;
  docsExamined = 0;
  returned = 0;
  readonly #view: View;
  readonly #records: Records;
  readonly #scan: Scan;
  readonly #filter: Filter | undefined;
  /** The keys say that a document matches; the filter is asked only where a key was read before a pause. */
  readonly #isExact: boolean;

  constructor(view: View, records: Records, collection: Collection, plan: Plan, filter: Filter) {
    this.plan = plan;
    this.collection = collection;
    this.#view = view;
    this.#records = records;
    this.#scan = openScan(view, collection, plan.access);
    this.#filter = filter.empty ? undefined : filter;
    this.#isExact = isExact(plan.access);
  }

  get keysExamined(): number {
    return this.#scan.keysExamined;
  }

  /** The next match, NOTHING when the next candidate is none, undefined at the end. */
  step(): Found | typeof NOTHING | undefined {
    const record = this.#scan.next();
    if (record === undefined) return undefined;
    const { sealed } = this.#scan;
    const found = sealed
      ? new Found(record, unseal(sealed))
      : this.#records.read(this.#view, this.collection, record);
    if (!found) {
      if (this.#scan.isStale) return NOTHING;
      throw new DamagedStoreError(
        `an index of ${this.collection.namespace} names a document that is not there; restore a backup`,
      );
    }
    this.docsExamined++;
    if (this.#asks && !this.#filter?.accepts(found)) return NOTHING;
    this.returned++;
    return found;
  }

  /** Whether the document that the scan gave must be asked whether it matches. */
  get #asks(): boolean {
    return this.#filter !== undefined && (!this.#isExact || this.#scan.isStale === true);
  }

  /** Like `step` for counting: does not read documents when the keys say it all. */
  stepCount(): boolean | undefined {
    if ((this.#filter && !this.#isExact) || this.plan.access.kind === 'or') {
      const step = this.step();
      return step === undefined ? undefined : step !== NOTHING;
    }
    const record = this.#scan.next();
    if (record === undefined) return undefined;
    if (this.#scan.isStale) {
      const found = this.#records.read(this.#view, this.collection, record);
      if (!found || this.#filter?.accepts(found) === false) return false;
    }
    this.returned++;
    return true;
  }

  pause(): void {
    this.#scan.pause();
  }
}

const isExact = (access: Access): boolean => access.kind === 'ixscan' && access.exact;

const TRIAL_KEYS = 60;

/** Plans and opens a query. Close races between indexes are decided by a few keys of each. */
export function openExecution(
  view: View,
  records: Records,
  collection: Collection,
  filter: Filter,
  request: Omit<PlanRequest, 'filter'> = {},
): Execution {
  const trial = (candidate: Candidate): number => {
    const run = new Execution(view, records, collection, candidate, filter);
    let steps = 0;
    let ended = false;
    while (steps < TRIAL_KEYS) {
      const step = run.step();
      steps++;
      if (step !== undefined) continue;
      ended = true;
      break;
    }
    run.pause();
    if (ended) return 10 - steps / TRIAL_KEYS + (candidate.sorted ? 1 : 0);
    // Whoever has to sort must read everything first, however well it begins.
    return (run.returned / steps) * (candidate.sorted ? 2 : 0.1) + (candidate.sorted ? 0.05 : 0);
  };
  const plan = planQuery(collection, { ...request, filter: filter.source }, trial);
  return new Execution(view, records, collection, plan, filter);
}
