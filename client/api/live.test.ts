import { retryDelay } from './live.ts';

describe(retryDelay.name, () => {
  it('grows up to ten seconds', () => {
    const longest = Array.from({ length: 8 }, (_, attempt) => retryDelay(attempt, () => 1));
    expect(longest).toEqual([400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
  });

  it('spreads a crowd over half of the wait', () => {
    expect(retryDelay(5, () => 0)).toBe(5000);
    expect(retryDelay(5, () => 0.5)).toBe(7500);
  });
});
