import { inContext, nobodyAt, touchedNow } from './request-context.ts';

const ANNA = '01890000-0000-7000-8000-00000000000a';
/** While promises have hooks, each carries numbers of its own. From Node 24 on a context needs none. */
async function hasHooks(): Promise<boolean> {
  await new Promise(setImmediate); // they are taken off by a task of their own
  return Object.getOwnPropertySymbols(new Promise(() => {})).length > 0;
}
const NEEDS_HOOKS = Number(process.versions.node.split('.')[0]) < 24;

describe(inContext.name, () => {
  const anna = { ...nobodyAt('192.0.2.7'), userId: ANNA };

  it('says who is at work to whatever is written on the way, and to nothing else', async () => {
    let goOn = () => {};
    const waits = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const written = inContext(anna, async () => {
      await waits;
      return touchedNow().touched;
    });
    expect(touchedNow().touched).toMatchObject({ by: null, from: null });
    goOn();
    expect(await written).toMatchObject({ by: ANNA, from: '192.0.2.7' });
  });

  it('costs the promises of the process nothing once nobody is within, whatever became of the work', async () => {
    let goOn = () => {};
    const waits = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const first = inContext(anna, () => waits);
    await expect(inContext(anna, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    await expect(
      inContext(anna, () => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');
    expect(await hasHooks()).toBe(NEEDS_HOOKS);
    goOn();
    await first;
    expect(await hasHooks()).toBe(false);
    expect(await inContext(anna, () => touchedNow().touched.by)).toBe(ANNA);
    expect(await hasHooks()).toBe(false);
  });
});
