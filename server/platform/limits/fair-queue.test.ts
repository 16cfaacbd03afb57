import fc from 'fast-check';
import { FairQueue } from './fair-queue.ts';

const size = { atOnce: 3, perKey: 2, waiting: 1_000, waitingPerKey: 100, patienceMs: 60_000 };

const settled = async () => {
  for (let i = 0; i < 5; i++) await Promise.resolve();
};

/** Works that end when they are told to. */
function bench(queue: FairQueue) {
  const running: { key: string; end(): void }[] = [];
  const started: string[] = [];
  const begin = (key: string) => {
    const run = queue.run(key, () => {
      started.push(key);
      return new Promise<void>((end) => running.push({ key, end }));
    });
    // What still waits when its test is over is refused a minute later, in the middle of another test.
    run.catch(() => {});
    return run;
  };
  const endOne = async (index: number) => {
    running.splice(index % running.length, 1)[0]?.end();
    await settled();
  };
  return { running, started, begin, endOne };
}

describe(FairQueue.name, () => {
  it('lets somebody else through at once, however much one key has waiting', async () => {
    const { started, begin } = bench(new FairQueue(size));
    for (let i = 0; i < 40; i++) void begin('greedy');
    void begin('other');
    await settled();
    expect(started).toEqual(['greedy', 'greedy', 'other']);
  });

  it('refuses what is too much for one key, and nobody else', async () => {
    const { begin, started } = bench(new FairQueue({ ...size, waitingPerKey: 5 }));
    for (let i = 0; i < 7; i++) void begin('greedy');
    await expect(begin('greedy')).rejects.toMatchObject({ code: 'rate-limited' });
    void begin('other');
    await settled();
    expect(started).toContain('other');
  });

  it('lets somebody in who has nothing waiting when a crowd has filled the room', async () => {
    const { begin, endOne, started, running } = bench(new FairQueue({ ...size, waiting: 12 }));
    const crowd = ['a', 'b', 'c', 'd'].flatMap((key) => Array.from({ length: 5 }, () => begin(key)));
    const refused = Promise.allSettled(crowd).then((all) =>
      all.filter(({ status }) => status === 'rejected'),
    );
    void begin('colleague');
    await expect(begin('a')).rejects.toMatchObject({ code: 'rate-limited' });
    for (let turns = 0; turns < 5; turns++) await endOne(0);
    expect(started).toContain('colleague');
    while (running.length > 0) await endOne(0);
    expect((await refused).length).toBe(20 + 1 - 3 - 12);
    expect(started.length).toBe(3 + 12);
  });

  it('refuses who has waited too long, and forgets them', async () => {
    const { begin, endOne, started } = bench(new FairQueue({ ...size, atOnce: 1, patienceMs: 1 }));
    void begin('first');
    await expect(begin('late')).rejects.toMatchObject({ code: 'rate-limited' });
    await endOne(0);
    void begin('next');
    expect(started).toEqual(['first', 'next']);
  });

  it('never runs more than it may, starts everything, and makes nobody wait for two of another', async () => {
    const keys = fc.constantFrom('a', 'b', 'c', 'd');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(keys, fc.nat(9)), { minLength: 1, maxLength: 200 }),
        async (steps) => {
          const { running, started, begin, endOne } = bench(new FairQueue(size));
          let begun = 0;
          for (const step of steps) {
            if (typeof step === 'string') {
              begun++;
              void begin(step);
            } else if (running.length > 0) await endOne(step);
            expect(running.length).toBeLessThanOrEqual(size.atOnce);
            for (const key of 'abcd')
              expect(running.filter((each) => each.key === key).length).toBeLessThanOrEqual(size.perKey);
          }
          while (running.length > 0) await endOne(0);
          expect(started.length).toBe(begun);
        },
      ),
      { seed: 20261127, numRuns: 200 },
    );
  });
});
