// Whatever lies over the screen has the keyboard for itself. Each thing that floats is opened, and every key typed.
import { jest } from '@jest/globals';
import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { Component } from 'svelte';
import { playDialogs } from '../testing/dialogs.ts';
import { playSocket } from '../testing/fake-socket.ts';

playSocket();
playDialogs();
const { keys } = await import('./keys.svelte.ts');
const { router } = await import('./router.svelte.ts');
const { default: DeskHost } = await import('../testing/DeskHost.svelte');
const { default: FilterBar } = await import('../features/desk/FilterBar.svelte');
const { default: UserMenu } = await import('../features/shell/UserMenu.svelte');
const { default: ThemeMenu } = await import('../features/shell/ThemeMenu.svelte');
const { default: KeySheet } = await import('../features/shell/KeySheet.svelte');
const { default: ViewDialog } = await import('../features/desk/ViewDialog.svelte');

const CODES = [
  ...[...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => `Key${letter}`),
  ...[...'0123456789'].map((digit) => `Digit${digit}`),
  ...[
    'ArrowDown',
    'ArrowUp',
    'Home',
    'End',
    'PageDown',
    'PageUp',
    'Delete',
    'Slash',
    'Period',
    'BracketLeft',
  ],
];
/** Those that close or press something. */
const DEEDS = ['Enter', 'Space', 'Escape'];
const EVERY = [...CODES, ...DEEDS];

const user = userEvent.setup();
const part = (component: unknown, props: object = {}) =>
  render(DeskHost, { props: { part: component as Component<Record<string, unknown>>, props: { ...props } } });
const press = (name: string) => user.click(screen.getByRole('button', { name }));
const filterBar = async (...steps: string[]) => {
  part(FilterBar);
  await press('Добавить условие');
  for (const step of steps) await user.click(screen.getByText(step));
};
const noop = () => {};

const FLOATING: [string, () => Promise<unknown> | unknown][] = [
  ['the fields of the filter', () => filterBar()],
  ['values to tick', () => filterBar('Модуль')],
  ['values to look for', () => filterBar('Тип события')],
  ['stretches of time', () => filterBar('Когда произошло')],
  [
    'the form of a feed, which is the only way to save it',
    async () => {
      router.go(`/?filter=${encodeURIComponent('module:mail')}`);
      part(FilterBar);
      await press('Сохранить ленту');
    },
  ],
  [
    'the menu of a person',
    async () => {
      const { container } = render(UserMenu, { props: { onkeys: noop } });
      await user.click(container.querySelector('button') as Element);
    },
  ],
  [
    'the menu of the look',
    async () => {
      const { container } = render(ThemeMenu);
      await user.click(container.querySelector('button') as Element);
    },
  ],
  ['the sheet of keys', () => render(KeySheet, { props: { onclose: noop } })],
  ['a dialog', () => render(ViewDialog, { props: { filter: { and: [] }, onclose: noop } })],
];

const heard: string[] = [];
const layer = EVERY.flatMap((code) =>
  [false, true].map((shift) => ({
    code,
    shift,
    shown: '',
    label: 'keys.sheet' as const,
    group: 'keys.group.go' as const,
    run: () => heard.push(code),
  })),
);

function typeEverything(codes = CODES) {
  for (const code of codes) {
    for (const shiftKey of [false, true]) {
      const key = code.startsWith('Key') ? code.slice(3).toLowerCase() : code.replace('Digit', '');
      const target = document.activeElement ?? document.body;
      target.dispatchEvent(
        new KeyboardEvent('keydown', { key, code, shiftKey, bubbles: true, cancelable: true }),
      );
    }
  }
}

describe('the keys of the screen', () => {
  afterEach(() => {
    heard.length = 0;
    router.go('/');
  });

  it('are heard when nothing floats', () => {
    const off = keys.add(layer);
    typeEverything();
    off();
    expect(new Set(heard)).toEqual(new Set(CODES));
  });

  // What was pressed or ticked keeps the focus: it takes the keys that it means something by, and no other.
  it.each<[string, string[]]>([
    ['<input type=checkbox>', ['Space', 'Enter']],
    ['<input type=radio>', ['Space', 'Enter', 'ArrowUp', 'ArrowDown']],
    ['<input type=range>', ['Enter', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown']],
    ['<input type=file>', ['Space', 'Enter']],
    ['<button>Сбросить</button>', ['Space', 'Enter']],
    ['<a href="/">Лента</a>', ['Space', 'Enter']],
    ['<details><summary>Ещё</summary></details>', ['Space', 'Enter']],
    ['<input type=text>', EVERY],
    ['<input type=date>', EVERY],
    ['<input>', EVERY],
    ['<textarea></textarea>', EVERY],
    ['<select></select>', EVERY],
    ['<div tabindex=0></div>', []],
  ])('leave to %s only its own keys', (markup, own) => {
    const place = document.createElement('div');
    place.innerHTML = markup;
    document.body.append(place);
    (place.querySelector('summary') ?? (place.firstElementChild as HTMLElement)).focus();
    const off = keys.add(layer);
    typeEverything(EVERY);
    off();
    place.remove();
    expect(EVERY.filter((code) => !heard.includes(code)).sort()).toEqual([...own].sort());
  });

  it.each(FLOATING)('are silent under %s', async (_name, open) => {
    await open();
    expect(document.querySelector('dialog[open], [popover]')).not.toBeNull();
    const off = keys.add(layer);
    typeEverything();
    // The focus may also have stayed outside.
    (document.activeElement as HTMLElement | null)?.blur();
    typeEverything();
    off();
    expect(heard).toEqual([]);
  });

  it('send the form that one is in by Ctrl+Enter, once', async () => {
    const form = document.createElement('form');
    form.innerHTML = '<input><textarea></textarea><button>Сохранить</button>';
    document.body.append(form);
    const sent = jest.fn((event: SubmitEvent) => event.preventDefault());
    form.onsubmit = sent;
    const user = userEvent.setup();
    for (const field of form.querySelectorAll('input, textarea')) {
      await user.click(field);
      await user.keyboard('{Control>}{Enter}{/Control}');
    }
    form.remove();
    expect(sent).toHaveBeenCalledTimes(2);
  });
});
