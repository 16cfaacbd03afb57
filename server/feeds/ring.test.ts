import { Ring, weigh } from './ring.ts';

const entry = (n: number, text = '') => ({ token: String(n).padStart(6, '0'), text });
const token = (n: number) => String(n).padStart(6, '0');
const tokens = (found: { token: string }[] | null) => found?.map((one) => Number(one.token));

describe(Ring.name, () => {
  it('gives the changes after one token up to another', () => {
    const ring = new Ring(token(10));
    for (const n of [11, 13, 15]) ring.push(entry(n));
    expect(tokens(ring.between(token(10), token(99)))).toEqual([11, 13, 15]);
    expect(tokens(ring.between(token(12), token(14)))).toEqual([13]);
    expect(tokens(ring.between(token(15), token(99)))).toEqual([]);
  });

  it('says that it does not reach back to before its floor, rather than giving a part (F11)', () => {
    const ring = new Ring<{ token: string; text: string }>(token(10), 3_000);
    expect(ring.between(token(9), token(99))).toBeNull();
    for (let n = 11; n < 100; n++) ring.push(entry(n, 'x'.repeat(200)));
    expect(ring.bytes).toBeLessThanOrEqual(3_000);
    const kept = 100 - ring.size;
    expect(ring.between(token(kept - 2), token(999))).toBeNull();
    expect(tokens(ring.between(token(kept - 1), token(999)))?.[0]).toBe(kept);
  });

  it('stays under its cap over many changes', () => {
    const ring = new Ring<{ token: string; text: string }>(token(0), 50_000);
    for (let n = 1; n < 30_000; n++) ring.push(entry(n, 'абв'.repeat(n % 50)));
    expect(ring.bytes).toBeLessThanOrEqual(50_000);
    expect(tokens(ring.between(token(29_998), token(99_999)))).toEqual([29_999]);
  });

  it('holds nothing from before it was cleared', () => {
    const ring = new Ring(token(0));
    ring.push(entry(1));
    ring.clear(token(5));
    expect(ring.between(token(1), token(9))).toBeNull();
    expect(ring.between(token(5), token(9))).toEqual([]);
    expect(ring.bytes).toBe(0);
  });

  it('weighs what memory holds of a document: two bytes a letter', () => {
    const weight = weigh({ title: 'ж'.repeat(1000), list: [1, 2], when: new Date(), none: null });
    expect(weight).toBeGreaterThan(2000);
    expect(weight).toBeLessThan(2500);
  });
});
