import fc from 'fast-check';
import { Limiter } from './limiter.ts';

describe(Limiter.name, () => {
  it('lets no key have more than burst and rate give, and each what they give', () => {
    const rate = { perSecond: 2, burst: 5 };
    fc.assert(
      fc.property(
        fc.array(fc.record({ key: fc.constantFrom('a', 'b'), afterMs: fc.nat(1_500) }), { maxLength: 200 }),
        (tries) => {
          let now = 0;
          const limiter = new Limiter(rate, () => now);
          const had = { a: 0, b: 0 } as Record<string, number>;
          for (const { key, afterMs } of tries) {
            now += afterMs;
            const may = rate.burst + (now / 1_000) * rate.perSecond;
            if (limiter.take(key)) had[key] = (had[key] ?? 0) + 1;
            else expect(limiter.refusal(key, '').extra.retryAfter).toBe(1);
            expect(had[key]).toBeLessThanOrEqual(may);
          }
          now += 10_000;
          for (let i = 0; i < rate.burst; i++) expect(limiter.take('a')).toBe(true);
          expect(limiter.take('a')).toBe(false);
        },
      ),
      { seed: 20261127 },
    );
  });

  it('says when to come back', () => {
    const limiter = new Limiter({ perSecond: 1 / 60, burst: 1 }, () => 0);
    expect(limiter.take('a')).toBe(true);
    expect(() => limiter.spend('a', 'x')).toThrow(expect.objectContaining({ extra: { retryAfter: 60 } }));
  });

  it('holds on to whom it limits while a flood of other keys passes', () => {
    let now = 0;
    const limiter = new Limiter({ perSecond: 1, burst: 2 }, () => now);
    for (let i = 0; i < 100_000; i++) {
      now += 10;
      limiter.take(`key-${i}`);
      limiter.take('guilty');
    }
    expect(limiter.has('guilty')).toBe(false);
  });
});
