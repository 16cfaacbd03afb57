import { jest } from '@jest/globals';
import { playRest, testSession } from '../testing/sign-in.ts';
import { FormDrafts } from './form-drafts.ts';
import { session } from './session.svelte.ts';
import { type Channel, Tabs } from './tabs.ts';

/** Tabs of one browser, which hear each other at once; `end`: without a word. */
function browser() {
  const open = new Set<Channel>();
  const tab = (kept: string | null = null) => {
    let name = kept;
    const channel: Channel = {
      onmessage: null,
      postMessage: (data) => {
        for (const each of [...open])
          if (each !== channel) each.onmessage?.(new MessageEvent('message', { data }));
      },
    };
    open.add(channel);
    const storage = {
      getItem: () => name,
      setItem: (_: string, value: string) => {
        name = value;
      },
    };
    const tabs = new Tabs(channel, storage);
    return {
      tabs,
      drafts: new FormDrafts(tabs),
      /** A new page under the same name. */
      reload: () => {
        tabs.leave();
        open.delete(channel);
        return tab(name);
      },
      close: () => {
        tabs.leave();
        open.delete(channel);
      },
      copy: () => tab(name),
      end: () => open.delete(channel),
    };
  };
  return tab;
}

beforeAll(async () => {
  const rest = playRest(() => testSession());
  await session.signIn('anna', 'plain-lantern-42');
  rest.mockRestore();
});
beforeEach(() => localStorage.clear());

describe(FormDrafts.name, () => {
  it('keeps what is typed into one form in two tabs apart, also after a reload', () => {
    const open = browser();
    let [a, b] = [open(), open()];
    a.drafts.keep('event.new', 'Из первой');
    // Gone on with there, it is a copy.
    expect(b.drafts.of('event.new')).toBe('Из первой');
    // An empty form of another tab is no reason to let go of anything.
    b.drafts.keep('event.new', null);
    b.drafts.keep('event.new', 'Из второй');
    [a, b] = [a.reload(), b.reload()];
    expect([a.drafts.of('event.new'), b.drafts.of('event.new')]).toEqual(['Из первой', 'Из второй']);
  });

  it('goes on with what closed tabs have left, one after the other', () => {
    const open = browser();
    const [a, b] = [open(), open()];
    a.drafts.keep('event.new', 'Из первой');
    b.drafts.keep('event.new', 'Из второй');
    a.close();
    b.close();
    const c = open();
    const first = c.drafts.of('event.new');
    c.drafts.keep('event.new', `${first}, дальше`);
    expect(c.drafts.of('event.new')).toBe(`${first}, дальше`);
    c.drafts.keep('event.new', null);
    const second = c.drafts.of('event.new');
    c.drafts.keep('event.new', null);
    expect([first, second].sort()).toEqual(['Из второй', 'Из первой']);
    expect(c.drafts.of('event.new')).toBeNull();
  });

  it('finds what was kept before tabs had names, and nothing of another thing', () => {
    const { drafts } = browser()();
    drafts.keep('event.new.x', 'Другое');
    expect(drafts.of('event.new')).toBeNull();
    localStorage.setItem(
      `svodka.own.${session.user?.id}.draft.event.new`,
      JSON.stringify({ at: Date.now(), value: 'Прежнее' }),
    );
    expect(drafts.of('event.new')).toBe('Прежнее');
    drafts.keep('event.new', null);
    expect(drafts.of('event.new')).toBeNull();
  });

  it('gives a copy of what is open in another tab no id to be made under, and what was left behind its own', () => {
    const open = browser();
    const [a, b] = [open(), open()];
    a.drafts.keep('record.orders', { id: 'a', values: '12' });
    expect(b.drafts.of('record.orders')).toEqual({ copyOf: 'a', values: '12' });
    expect(a.drafts.of('record.orders')).toEqual({ id: 'a', values: '12' });
    // It makes another thing under another id from now on, also after a reload.
    b.drafts.keep('record.orders', { id: 'b', values: '13' });
    expect(b.reload().drafts.of('record.orders')).toEqual({ id: 'b', values: '13' });
    a.close();
    expect(open().drafts.of('record.orders')).toEqual({ id: 'a', values: '12' });
  });

  it('keeps not more than ten of one form', () => {
    const open = browser();
    for (let i = 0; i < 14; i++) {
      const tab = open();
      tab.drafts.keep('event.new', `Слово ${i}`);
      tab.close();
    }
    expect(Object.keys(localStorage).filter((key) => key.includes('draft.event.new')).length).toBeLessThan(
      12,
    );
  });
});

describe(Tabs.name, () => {
  it('gives a copy of a tab a name of its own', () => {
    const open = browser();
    const a = open();
    const later = Date.now() + 1;
    const now = jest.spyOn(Date, 'now').mockReturnValue(later);
    const b = a.copy();
    now.mockRestore();
    expect(b.tabs.id).not.toBe(a.tabs.id);
    expect([a.tabs.isOpen(b.tabs.id), b.tabs.isOpen(a.tabs.id)]).toEqual([true, true]);
  });

  it('learns of a tab that ended without a word, when it asks', () => {
    jest.useFakeTimers();
    const open = browser();
    const [a, b] = [open(), open()];
    b.end();
    expect(a.tabs.isOpen(b.tabs.id)).toBe(true);
    a.tabs.ask();
    jest.runOnlyPendingTimers();
    expect(a.tabs.isOpen(b.tabs.id)).toBe(false);
    jest.useRealTimers();
  });
});
