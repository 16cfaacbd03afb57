import { jest } from '@jest/globals';
import { render, screen } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { playRest } from '../../testing/sign-in.ts';

const { default: Guard } = await import('./Guard.svelte');

const lacking = createRawSnippet(() => ({
  render: (): string => {
    throw new TypeError('cannot read a field that did not come');
  },
}));

describe('a part of the page that cannot be drawn', () => {
  let rest: ReturnType<typeof playRest>;
  let page = '';

  beforeEach(() => {
    const script = document.createElement('script');
    script.type = 'module';
    script.setAttribute('src', '/assets/index-old.js');
    document.head.append(script);
    rest = playRest(() => {
      throw new TypeError('fetch failed');
    });
    jest.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(page));
  });
  afterEach(() => {
    document.head.replaceChildren();
    jest.restoreAllMocks();
    rest.mockRestore();
  });

  it('says that there is a new version, and offers to take it, when the server has another page', async () => {
    page = '<script type="module" src="/assets/index-new.js"></script>';
    render(Guard, { part: 'screen', children: lacking });
    await screen.findByText(/Вышла новая версия/);
    expect(screen.getByRole('button', { name: 'Обновить страницу' })).toBeTruthy();
  });

  it('names the error and offers another try when the page is the one the server has', async () => {
    page = '<script type="module" src="/assets/index-old.js"></script>';
    render(Guard, { part: 'screen', children: lacking });
    await screen.findByText(/TypeError/);
    expect(screen.getByRole('button', { name: 'Повторить' })).toBeTruthy();
    expect(screen.queryByText(/Вышла новая версия/)).toBeNull();
  });
});
