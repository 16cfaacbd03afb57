import fc from 'fast-check';
import { runs } from '../test/arbitraries.ts';
import { indexKey, recordKey } from './keys.ts';
import { Overlay, type Staged } from './overlay.ts';

const KEYS = [
  ...[1, 2, 3].map((record) => recordKey(7, record)),
  ...['a', 'b', 'c', 'd'].map((value) => indexKey(8, Buffer.from(value), 1)),
];
const key = fc.constantFrom(...KEYS);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write' as const), key, value: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('begin' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('get' as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('walk' as const), reverse: fc.boolean() }) },
);

const hex = (bytes: Buffer) => bytes.toString('hex');

/** A disk and an overlay, written as the store does it, and what a writer is to see. */
class Written {
  readonly overlay = new Overlay();
  readonly disk = new Map<string, Buffer>();
  readonly seen = new Map<string, Buffer>();
  #batch = 1;
  #staged: Staged[] = [];
  #writing: Staged[] = [];

  stage(at: Buffer, value: Buffer | null): void {
    const shelf = this.overlay.shelfOf(at);
    const isNew = value !== null && !this.seen.has(hex(at));
    const staged = isNew ? shelf.add(at, value, this.#batch) : shelf.set(at, value, this.#batch);
    if (staged) this.#staged.push(staged);
    if (value) this.seen.set(hex(at), value);
    else this.seen.delete(hex(at));
  }

  /** What is staged from here on belongs to the next batch; one at a time is written. */
  begin(): void {
    if (this.#writing.length > 0) this.end();
    this.#writing = this.#staged;
    this.#staged = [];
    this.#batch++;
  }

  end(): void {
    // As the store counts what it will have: what is new is not looked up.
    const before = this.disk.size;
    let more = 0;
    for (const { key, value, isNew } of this.#writing) {
      if (!isNew && this.disk.has(hex(key))) more--;
      if (value) more++;
    }
    for (const { key, value } of this.#writing) {
      if (value) this.disk.set(hex(key), value);
      else this.disk.delete(hex(key));
    }
    expect(this.disk.size).toBe(before + more);
    this.#writing = [];
    this.overlay.settle(this.#batch - 1);
  }

  get(at: Buffer): Buffer | undefined {
    const staged = this.overlay.shelfOf(at).get(at);
    return staged ? (staged.value ?? undefined) : this.disk.get(hex(at));
  }
}

describe(Overlay.name, () => {
  it('shows a writer what it wrote, and gives the disk the same, whoever asks in between', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const written = new Written();
        for (const one of steps) {
          if (one.do === 'write') written.stage(one.key, Buffer.from([one.value]));
          else if (one.do === 'remove') written.stage(one.key, null);
          else if (one.do === 'get') expect(written.get(one.key)).toEqual(written.seen.get(hex(one.key)));
          else if (one.do === 'begin') written.begin();
          else if (one.do === 'end') written.end();
          else {
            const low = indexKey(8, Buffer.alloc(0)).toString('latin1');
            const high = indexKey(9, Buffer.alloc(0)).toString('latin1');
            const shelf = written.overlay.shelfOf(KEYS[3] as Buffer);
            const names: string[] = [];
            for (let from: string | undefined; ; from = names.at(-1)) {
              const next = shelf.neighbour(low, high, from, one.reverse);
              if (!next) break;
              names.push(next.key.toString('latin1'));
            }
            expect(names).toEqual([...names].sort((a, b) => (a < b !== one.reverse ? -1 : 1)));
            for (const at of KEYS.slice(3)) {
              const isStaged = shelf.get(at) !== undefined;
              expect(names.includes(at.toString('latin1'))).toBe(isStaged);
            }
          }
        }
        written.begin();
        written.end();
        expect(written.disk).toEqual(written.seen);
        for (const at of KEYS) expect(written.overlay.shelfOf(at).isEmpty).toBe(true);
      }),
      runs(2_000),
    );
  });
});
