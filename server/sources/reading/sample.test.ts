import { Samples, sampleOf } from './sample.ts';

async function* table(count: number, cell = 'x') {
  for (let line = 1; line <= count; line++) yield { line, values: [cell] };
}

describe(sampleOf, () => {
  it('has all rows of a small table, and of a large one the first and others up to its end', async () => {
    expect(await sampleOf(table(300))).toHaveLength(300);
    const lines = (await sampleOf(table(100_000))).map(({ line }) => line);
    expect(lines.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(lines.length).toBeLessThan(400);
    expect(lines.length).toBeGreaterThan(200);
    expect(lines.at(-1)).toBeGreaterThan(99_000);
  });
});

describe(Samples, () => {
  const counted = (cell?: string) => {
    const samples = new Samples();
    let read = 0;
    const of = (name: string) => {
      return samples.of(name, () => {
        read++;
        return table(100, cell);
      });
    };
    return { of, times: () => read };
  };

  it('reads a table once, however many ask, until others were asked for', async () => {
    const { of, times } = counted();
    await Promise.all([of('a'), of('a')]);
    expect(await of('a')).toHaveLength(100);
    expect(times()).toBe(1);
    for (const name of ['b', 'c', 'd', 'a', 'e', 'a']) await of(name);
    expect(times()).toBe(5);
    await of('b');
    expect(times()).toBe(6);
  });

  it('keeps nothing large, and no failure', async () => {
    const { of, times } = counted('x'.repeat(30_000));
    await of('a');
    await of('a');
    expect(times()).toBe(2);
    const samples = new Samples();
    const broken = async function* () {
      yield* table(1);
      throw new Error('gone');
    };
    await expect(samples.of('a', broken)).rejects.toThrow('gone');
    expect(await samples.of('a', () => table(2))).toHaveLength(2);
  });
});
