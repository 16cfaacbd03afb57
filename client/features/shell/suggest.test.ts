import { playRest, testSession } from '../../testing/sign-in.ts';

const { session } = await import('../../state/session.svelte.ts');
const { isNamed, suggestionsFor } = await import('./suggest.ts');

const REFS = { projects: [], counterparties: [], users: [] };

describe('what a search may have meant', () => {
  it('is what words like those find, where those find nothing, and says by which', async () => {
    const rest = playRest((_, path) => {
      const { pathname, searchParams } = new URL(path, 'http://desk');
      if (pathname === '/session') return testSession();
      if (pathname === '/search/nearby') return { words: 'вишняков' };
      if (pathname === '/events/count') return { n: 0, exact: true };
      const isFound = pathname === '/counterparties' && searchParams.get('search') === 'вишняков';
      return {
        items: isFound ? [{ id: 'p', name: 'Вишнякова М. П.', number: '12' }] : [],
        next: null,
        refs: REFS,
      };
    });
    localStorage.setItem('svodka.signed-in', '1');
    await session.check();
    const found = await suggestionsFor('вишнекова', new AbortController().signal);
    expect(found.map(({ label, group }) => [label, group])).toEqual([
      ['Вишнякова М. П.', 'По «вишняков»: Контрагенты'],
    ]);
    rest.mockRestore();
  });

  it('is the order whose number was typed, whatever stands before it', () => {
    const order = { value: 'o', label: '№ 443', group: '', run: () => undefined };
    expect(['443', '№443', 'заказ 443', 'зак. 443', '44'].map((words) => isNamed(order, words))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });
});
