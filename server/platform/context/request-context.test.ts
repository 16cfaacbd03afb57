import { AsyncLocalStorage } from 'node:async_hooks';
import { jest } from '@jest/globals';
import { inContext, nobodyAt, touchedNow } from './request-context.ts';

const ANNA = '01890000-0000-7000-8000-00000000000a';

describe(inContext.name, () => {
  const anna = { ...nobodyAt('192.0.2.7'), userId: ANNA };
  const waiting = () => {
    let goOn = () => {};
    const waits = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    return { waits, goOn: () => goOn() };
  };

  it('says who is at work to whatever is written on the way, and to nothing else', async () => {
    const { waits, goOn } = waiting();
    const written = inContext(anna, async () => {
      await waits;
      return touchedNow().touched;
    });
    expect(touchedNow().touched).toMatchObject({ by: null, from: null });
    goOn();
    expect(await written).toMatchObject({ by: ANNA, from: '192.0.2.7' });
  });

  it('takes the hooks off the promises of the process with the last to leave, whatever became of the work', async () => {
    const off = jest.spyOn(AsyncLocalStorage.prototype, 'disable');
    const { waits, goOn } = waiting();
    const first = inContext(anna, () => waits);
    await expect(inContext(anna, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    await expect(
      inContext(anna, () => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');
    expect(off).not.toHaveBeenCalled();
    goOn();
    await first;
    expect(off).toHaveBeenCalledTimes(1);
    // And on again with the next.
    expect(await inContext(anna, () => touchedNow().touched.by)).toBe(ANNA);
    expect(off).toHaveBeenCalledTimes(2);
    off.mockRestore();
  });
});
