import { type Document } from 'bson';
import { badValue, MongoError } from '../errors.ts';
import { identicalValues } from '../values/compare.ts';
import { describe } from '../values/describe.ts';
import { arrayIndex } from '../values/paths.ts';
import { copyDocument, fieldsOf, getField, isDocument, setField } from '../values/types.ts';

/** Changes of one update in the form of a change event. */
export interface UpdateDescription {
  updatedFields: Document;
  removedFields: string[];
  truncatedArrays: { field: string; newSize: number }[];
}

type Container = Document | unknown[];

/** MongoDB pads an array with at most this many nulls. */
const MAX_PADDING = 1_500_000;

/**
 * A document under change. The original is never touched: whatever is written to is copied first, once.
 * Keeps the account of what changed; a change below a field that this update created is part of that field.
 */
export class Draft {
  readonly description: UpdateDescription = { updatedFields: {}, removedFields: [], truncatedArrays: [] };
  readonly root: Document;
  private readonly owned = new Set<object>();

  constructor(original: Document) {
    this.root = copyDocument(original);
    this.owned.add(this.root);
  }

  get changed(): boolean {
    return (
      this.description.removedFields.length > 0 || Object.keys(this.description.updatedFields).length > 0
    );
  }

  /** The value at a concrete path; undefined if there is none. Array elements are reached by number. */
  read(parts: readonly string[]): unknown {
    let at: unknown = this.root;
    for (const part of parts) at = child(at, part);
    return at;
  }

  /** @throws 28 if the path runs into a scalar, or into an array by name, and so can never exist. */
  assertViable(parts: readonly string[]): void {
    let at: unknown = this.root;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as string;
      if (Array.isArray(at) ? arrayIndex(part) < 0 : !isDocument(at)) throw notViable(parts, i, at);
      at = child(at, part);
      if (at === undefined) return;
    }
  }

  /**
   * Writes a value, making documents on the way and padding arrays with null.
   * With `appendedFrom`, the value is an array that only grew: its new elements are reported one by one.
   */
  write(parts: readonly string[], value: unknown, appendedFrom?: number): void {
    let container: Container = this.root;
    for (let i = 0; ; i++) {
      const part = parts[i] as string;
      const last = i === parts.length - 1;
      const current = this.childForWrite(container, parts, i);
      if (current === undefined || last) {
        if (last && current !== undefined && identicalValues(current, value)) return;
        const placed = last ? value : this.nest(parts.slice(i + 1), value);
        place(container, part, placed);
        this.report(parts.slice(0, i + 1), placed, current === undefined ? undefined : appendedFrom);
        return;
      }
      if (!isDocument(current) && !Array.isArray(current)) throw notViable(parts, i + 1, current);
      container = this.own(container, part, current);
    }
  }

  /** Removes a field; an array element becomes null. Does nothing if there is no such path. */
  remove(parts: readonly string[]): void {
    if (this.read(parts) === undefined) return;
    let container: Container = this.root;
    for (const part of parts.slice(0, -1)) {
      container = this.own(container, part, child(container, part) as Container);
    }
    const name = parts.at(-1) as string;
    if (Array.isArray(container)) {
      if (container[arrayIndex(name)] === null) return;
      container[arrayIndex(name)] = null;
      this.report(parts, null);
    } else {
      delete container[name];
      if (!this.isReported(parts)) this.description.removedFields.push(parts.join('.'));
    }
  }

  private childForWrite(container: Container, parts: readonly string[], i: number): unknown {
    const part = parts[i] as string;
    if (!Array.isArray(container)) return getField(container, part);
    const index = arrayIndex(part);
    if (index < 0) throw notViable(parts, i, container);
    if (index - container.length > MAX_PADDING) {
      throw badValue(`can't backfill more than ${MAX_PADDING} elements`);
    }
    return container[index];
  }

  private own(container: Container, part: string, current: Container): Container {
    if (this.owned.has(current)) return current;
    const copy = Array.isArray(current) ? [...current] : copyDocument(current);
    this.owned.add(copy);
    place(container, part, copy);
    return copy;
  }

  private nest(parts: readonly string[], value: unknown): unknown {
    return parts.reduceRight((inner: unknown, part) => {
      const document: Document = {};
      setField(document, part, inner);
      this.owned.add(document);
      return document;
    }, value);
  }

  private isReported(parts: readonly string[]): boolean {
    const { updatedFields } = this.description;
    for (let i = parts.length - 1; i > 0; i--) {
      if (Object.hasOwn(updatedFields, parts.slice(0, i).join('.'))) return true;
    }
    return false;
  }

  private report(parts: readonly string[], value: unknown, appendedFrom?: number): void {
    if (this.isReported(parts)) return;
    const path = parts.join('.');
    if (appendedFrom !== undefined && Array.isArray(value)) {
      for (let i = appendedFrom; i < value.length; i++) {
        setField(this.description.updatedFields, `${path}.${i}`, value[i]);
      }
    } else {
      setField(this.description.updatedFields, path, value);
    }
  }
}

function child(at: unknown, part: string): unknown {
  if (Array.isArray(at)) {
    const index = arrayIndex(part);
    return index < 0 ? undefined : at[index];
  }
  return isDocument(at) ? getField(fieldsOf(at), part) : undefined;
}

function place(container: Container, part: string, value: unknown): void {
  if (Array.isArray(container)) {
    const index = arrayIndex(part);
    while (container.length < index) container.push(null);
    container[index] = value;
  } else {
    setField(container, part, value);
  }
}

function notViable(parts: readonly string[], i: number, at: unknown): MongoError {
  const element = describe({ [parts[i - 1] ?? '']: at });
  return new MongoError('PathNotViable', `Cannot create field '${parts[i]}' in element ${element}`);
}
