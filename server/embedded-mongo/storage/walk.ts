/**
 * A walk over every page of a data file, without LMDB, which trusts what it reads and ends in a signal, or in silence,
 * where it should not have. It proves that the newest commit is there whole: each page is what it says it is and is
 * used exactly once, keys ascend and lie between those of their branches, the numbers of the meta page are right, and
 * all entries together give the tally that the last commit left. So a page that was lost, altered, exchanged or put
 * back from an earlier time is found, wherever it lies.
 */
import { DamagedStoreError } from './damage.ts';
import { type DataFile, type Meta, PAGE_FLAGS, PAGE_HEADER, type Tree } from './data-file.ts';
import { FORMAT_KEY, SPACE, TALLY_KEY } from './keys.ts';
import { weightOf } from './tally.ts';

const NODE_HEADER = 8;
const BIG_DATA = 1;

const NAMES = new Map<number, string>([
  [SPACE.meta, 'the catalog'],
  [SPACE.records, 'documents'],
  [SPACE.index, 'index entries'],
  [SPACE.log, 'the change log'],
  [SPACE.memos, 'answers to repeated writes'],
]);

export interface Walked {
  pages: number;
  entries: number;
  /** Sum of the weights of all entries but the tally itself. */
  tally: number;
  /** The tally that the last commit left; undefined in a store of the first format. */
  told: number | undefined;
}

interface Kind {
  name: string;
  compare(page: Buffer, at: number, length: number, other: Buffer): number;
  visit(key: Buffer, value: Buffer): void;
}

export class Walk {
  readonly #file: DataFile;
  readonly #meta: Meta;
  readonly #used: Uint8Array;
  readonly #buffers: Buffer[] = [];
  #counts = { branches: 0, leaves: 0, overflows: 0, entries: 0 };

  constructor(file: DataFile, meta: Meta) {
    this.#file = file;
    this.#meta = meta;
    this.#used = new Uint8Array(meta.lastPage + 1);
  }

  /**
   * @param see is shown every entry; what it gets is good only until it returns
   * @throws DamagedStoreError that names the first page that is not as it should be
   */
  run(see?: (key: Buffer, value: Buffer) => void): Walked {
    const { main, free, lastPage } = this.#meta;
    let tally = 0;
    let told: number | undefined;
    let hasFormat = false;
    this.#tree(main, {
      name: 'the data',
      compare: (page, at, length, other) => page.compare(other, 0, other.length, at, at + length),
      visit: (key, value) => {
        if (key.equals(TALLY_KEY)) {
          if (value.length !== 4) throw this.#damaged('the tally cannot be read');
          told = value.readUInt32BE(0);
          return;
        }
        hasFormat ||= key.equals(FORMAT_KEY);
        tally = (tally + weightOf(key, value)) >>> 0;
        see?.(key, value);
      },
    });
    const { entries } = this.#counts;
    this.#tree(free, {
      name: 'the list of free pages',
      compare: (page, at, length, other) => {
        const [a, b] = [length === 8 ? page.readBigUInt64LE(at) : -1n, other.readBigUInt64LE(0)];
        return a < b ? -1 : a > b ? 1 : 0;
      },
      visit: (key, value) => this.#freePages(key, value),
    });
    for (let page = 2; page <= lastPage; page++)
      if (this.#used[page] === 0) throw this.#damaged(`page ${page} is neither used nor free`);
    if (entries > 0 && !hasFormat) throw this.#damaged('it does not say its format');
    if (told !== undefined && told !== tally)
      throw this.#damaged('its entries are not those of its last commit');
    return { pages: lastPage + 1, entries, tally, told };
  }

  #damaged(what: string): DamagedStoreError {
    return new DamagedStoreError(`${this.#file.path} is damaged: ${what}`);
  }

  #tree(tree: Tree, kind: Kind): void {
    this.#counts = { branches: 0, leaves: 0, overflows: 0, entries: 0 };
    if (tree.root !== -1) this.#page(tree.root, 1, tree.depth, undefined, undefined, kind);
    const { branches, leaves, overflows, entries } = this.#counts;
    if (
      branches !== tree.branches ||
      leaves !== tree.leaves ||
      overflows !== tree.overflows ||
      entries !== tree.entries
    )
      throw this.#damaged(`${kind.name} has ${entries} entries of ${tree.entries}`);
  }

  #take(page: number, count: number, by: string): void {
    if (page < 2 || page + count - 1 > this.#meta.lastPage)
      throw this.#damaged(`${by} names page ${page}, which is not there`);
    for (let at = page; at < page + count; at++) {
      if (this.#used[at]) throw this.#damaged(`page ${at} is in use twice (${by})`);
      this.#used[at] = 1;
    }
  }

  /** Reads the first page of a run and checks its header. */
  #header(number: number, buffer: Buffer, flag: number, where: string): Buffer {
    const page = this.#file.read(buffer, number * this.#meta.pageSize);
    const isSame = page.length === buffer.length && page.readUIntLE(0, 6) === number;
    const isOlder = isSame && page.readUIntLE(8, 6) <= this.#meta.transaction;
    if (!isOlder || (page.readUInt16LE(18) & 0x0f) !== flag)
      throw this.#damaged(`page ${number} (${where}) is not what it should be`);
    return page;
  }

  #page(
    number: number,
    level: number,
    depth: number,
    low: Buffer | undefined,
    high: Buffer | undefined,
    kind: Kind,
  ): void {
    const isLeaf = level === depth;
    const where = `${isLeaf ? 'leaf' : 'branch'} of ${(low && NAMES.get(low[0] as number)) ?? kind.name}`;
    if (level > depth || level > 32) throw this.#damaged(`page ${number} lies too deep (${kind.name})`);
    this.#take(number, 1, where);
    const { pageSize } = this.#meta;
    this.#buffers[level] ??= Buffer.allocUnsafe(pageSize);
    const buffer = this.#buffers[level];
    const page = this.#header(number, buffer, isLeaf ? PAGE_FLAGS.leaf : PAGE_FLAGS.branch, where);
    const wrong = () => this.#damaged(`page ${number} (${where}) is not in order`);
    const lower = page.readUInt16LE(20);
    const count = lower >> 1;
    if (count === 0 || lower > page.readUInt16LE(22) || lower + PAGE_HEADER > pageSize) throw wrong();
    if (isLeaf) this.#counts.leaves++;
    else this.#counts.branches++;
    const children: { page: number; key: Buffer | undefined }[] = [];
    let before: Buffer | undefined;
    for (let i = 0; i < count; i++) {
      const node = page.readUInt16LE(PAGE_HEADER + 2 * i) + PAGE_HEADER;
      if (node < PAGE_HEADER + lower || node + NODE_HEADER > pageSize) throw wrong();
      const size = page.readUInt32LE(node);
      const flags = page.readUInt16LE(node + 4);
      const keyLength = page.readUInt16LE(node + 6);
      const key = node + NODE_HEADER;
      if (key + keyLength > pageSize) throw wrong();
      // The first key of a branch is not looked at: everything below the second lies there.
      if (isLeaf || i > 0) {
        const bound = before ?? low;
        if (bound) {
          const order = kind.compare(page, key, keyLength, bound);
          if (order < 0 || (order === 0 && before)) throw wrong();
        }
        before = page.subarray(key, key + keyLength);
      }
      if (!isLeaf) {
        // A copy: the page is kept while its children are walked, but bounds go down to other pages' checks.
        children.push({
          page: flags * 2 ** 32 + size,
          key: i > 0 ? Buffer.from(before as Buffer) : undefined,
        });
        continue;
      }
      this.#counts.entries++;
      const data = key + keyLength;
      if (flags === BIG_DATA) {
        if (data + 24 > pageSize) throw wrong();
        kind.visit(before as Buffer, this.#overflow(page, data, size, where));
      } else {
        if (flags !== 0 || data + size > pageSize) throw wrong();
        kind.visit(before as Buffer, page.subarray(data, data + size));
      }
    }
    if (before && high && kind.compare(before, 0, before.length, high) >= 0) throw wrong();
    children.forEach((child, i) => {
      this.#page(child.page, level + 1, depth, child.key ?? low, children[i + 1]?.key ?? high, kind);
    });
  }

  #overflow(page: Buffer, at: number, size: number, where: string): Buffer {
    const number = page.readUIntLE(at, 6);
    const pages = page.readUIntLE(at + 16, 6);
    const { pageSize } = this.#meta;
    if (pages !== Math.floor((PAGE_HEADER - 1 + size) / pageSize) + 1)
      throw this.#damaged(`a value of ${size} bytes is on ${pages} pages (${where})`);
    this.#take(number, pages, where);
    this.#counts.overflows += pages;
    const run = this.#header(number, Buffer.allocUnsafe(pages * pageSize), PAGE_FLAGS.overflow, where);
    return run.subarray(PAGE_HEADER, PAGE_HEADER + size);
  }

  /** A list of free pages: its length, then page numbers; a negative number says how many follow from the next one on. */
  #freePages(key: Buffer, value: Buffer): void {
    const by = `the list of pages that transaction ${key.readBigUInt64LE(0)} freed`;
    const length = Number(value.readBigUInt64LE(0));
    if ((length + 1) * 8 > value.length) throw this.#damaged(`${by} is cut short`);
    for (let i = 1; i <= length; i++) {
      let number = Number(value.readBigInt64LE(i * 8));
      if (number === 0) continue;
      let count = 1;
      if (number < 0) {
        count = -number;
        if (++i > length) throw this.#damaged(`${by} is cut short`);
        number = Number(value.readBigInt64LE(i * 8));
      }
      this.#take(number, count, by);
    }
  }
}
