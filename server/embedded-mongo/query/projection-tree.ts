import { type Document } from 'bson';
import { MongoError } from '../errors.ts';
import { copyDocument, fieldsOf, isDocument, setField } from '../values/types.ts';

/** A computed value; `root` is the whole document, `current` what stands at the path so far. */
export type Compute = (root: Document, current: unknown) => unknown;

/** What a projection does at the end of a path. */
export type Leaf = 'include' | 'exclude' | Compute;

/**
 * A projection as a tree over path parts. Paths go through arrays, arrays in arrays included: what is said
 * of `a.b` holds for every document in `a`.
 */
export class ProjectionNode {
  private readonly children = new Map<string, ProjectionNode | Leaf>();
  /** Computed fields that change what is there, and so are kept by an inclusion. */
  private readonly keptFields = new Set<string>();
  /** True if something below is computed. */
  private computes = false;

  /**
   * @param keeps the leaf is computed from what stands at the path, as `$slice` is
   * @throws 31249, 31250 if the path is there already or runs through one that is
   */
  add(parts: readonly string[], leaf: Leaf, keeps = false, path = parts.join('.')): void {
    const [name, ...rest] = parts as [string, ...string[]];
    const child = this.children.get(name);
    if (typeof leaf === 'function') this.computes = true;
    if (rest.length === 0) {
      if (child !== undefined) throw new MongoError(31250, `Path collision at ${path}`);
      this.children.set(name, leaf);
      if (keeps) this.keptFields.add(name);
      return;
    }
    if (child !== undefined && !(child instanceof ProjectionNode)) {
      throw new MongoError(31249, `Path collision at ${path} remaining portion ${rest.join('.')}`);
    }
    const node = child ?? new ProjectionNode();
    if (!child) this.children.set(name, node);
    node.add(rest, leaf, keeps, path);
  }

  /** Keeps the included fields only, then adds the computed ones at the end. */
  include(document: Document): Document {
    const kept = this.keep(document) as Document;
    return this.computes ? this.compute(document, kept) : kept;
  }

  /** A scalar where fields are wanted is left out: undefined. */
  private keep(value: unknown): unknown {
    if (Array.isArray(value)) {
      return value.map((element) => this.keep(element)).filter((element) => element !== undefined);
    }
    if (!isDocument(value)) return undefined;
    const fields = fieldsOf(value);
    const result: Document = {};
    for (const name of Object.keys(fields)) {
      const child = this.children.get(name);
      if (child === 'include' || this.keptFields.has(name)) setField(result, name, fields[name]);
      else if (child instanceof ProjectionNode) {
        const inner = child.keep(fields[name]);
        if (inner !== undefined) setField(result, name, inner);
      }
    }
    return result;
  }

  /** Drops the excluded fields; what is computed replaces the field in its place. */
  exclude(document: Document): Document {
    const kept = this.drop(document) as Document;
    return this.computes ? this.compute(document, kept) : kept;
  }

  private drop(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((element) => this.drop(element));
    if (!isDocument(value)) return value;
    const fields = fieldsOf(value);
    const result: Document = {};
    for (const name of Object.keys(fields)) {
      const child = this.children.get(name);
      if (child === 'exclude') continue;
      setField(result, name, child instanceof ProjectionNode ? child.drop(fields[name]) : fields[name]);
    }
    return result;
  }

  /** A copy of `target` with the computed fields set; missing results remove the field. */
  compute(root: Document, target: Document): Document {
    const result = copyDocument(target);
    for (const [name, child] of this.children) {
      const current = Object.hasOwn(result, name) ? result[name] : undefined;
      let value: unknown;
      if (typeof child === 'function') value = child(root, current);
      else if (child instanceof ProjectionNode && child.computes) value = child.computeIn(root, current);
      else continue;
      if (value === undefined) delete result[name];
      else setField(result, name, value);
    }
    return result;
  }

  /** Documents get the fields, arrays per element; anything else becomes a document of the computed fields. */
  private computeIn(root: Document, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((element) => this.computeIn(root, element));
    return this.compute(root, isDocument(value) ? value : {});
  }
}
