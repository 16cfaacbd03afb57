import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeCounterparty } from '../../test/support/factories.ts';
import { until } from '../../test/support/until.ts';
import { ChangeBus } from './change-bus.ts';

describe(ChangeBus.name, () => {
  let app: TestApp;
  let bus: ChangeBus;

  beforeAll(async () => {
    app = await createTestApp();
    bus = app.app.get(ChangeBus, { strict: false });
  }, 60_000);
  afterAll(() => app?.close());

  it('lets all see a change at once, tells it behind the turn, and survives a listener that throws (CH5–CH7)', async () => {
    const heard: string[] = [];
    let goOn = () => {};
    const slow = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const collections = ['counterparties'];
    bus.register({
      collections,
      see() {
        heard.push('first sees');
        queueMicrotask(() => heard.push('a turn later'));
        throw new Error('cannot see');
      },
      async tell() {
        await slow;
        heard.push('first tells');
        throw new Error('cannot tell');
      },
    });
    bus.register({
      collections,
      see: () => void heard.push('second sees'),
      tell: async () => void heard.push('second tells'),
    });
    await makeCounterparty(app.admin);
    await until(() => heard.length === 3);
    expect(heard).toEqual(['first sees', 'second sees', 'a turn later']);
    // The turn is free although somebody is still telling.
    await bus.inTurn(async () => void heard.push('sent'));
    goOn();
    await until(() => heard.includes('second tells'));
    expect(heard.slice(3)).toEqual(['sent', 'first tells', 'second tells']);
  });

  it('is open again, and read anew by everybody, after the log was lost (CH2)', async () => {
    let times = 0;
    bus.register({
      collections: [],
      async anew() {
        if (++times === 1) throw new Error('the store is away');
      },
    });
    bus.lost();
    expect(bus.isOpen).toBe(false);
    await expect(bus.opened(bus.head)).rejects.toThrow('the store is away');
    expect(bus.isOpen).toBe(false);
    await bus.opened(bus.head);
    expect([times, bus.isOpen]).toEqual([2, true]);
  });
});
