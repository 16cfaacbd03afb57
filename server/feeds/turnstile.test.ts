import { Turnstile } from './turnstile.ts';

describe(Turnstile.name, () => {
  it('lets one through per turn, in order, with everything else between them', async () => {
    const turnstile = new Turnstile();
    const seen: string[] = [];
    const passes = [1, 2, 3].map(async (n) => {
      await turnstile.pass();
      seen.push(`page ${n}`);
      setImmediate(() => seen.push(`others after ${n}`));
    });
    await Promise.all(passes);
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([
      'page 1',
      'others after 1',
      'page 2',
      'others after 2',
      'page 3',
      'others after 3',
    ]);
  });
});
