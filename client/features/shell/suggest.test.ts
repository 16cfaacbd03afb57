import { playRest, testSession } from '../../testing/sign-in.ts';

const { session } = await import('../../state/session.svelte.ts');
const { router } = await import('../../state/router.svelte.ts');
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

  it('leads to all that were found, where there are more than it shows', async () => {
    const rest = playRest((_, path) => {
      const { pathname } = new URL(path, 'http://desk');
      if (pathname === '/session') return testSession();
      if (pathname === '/projects/count') return { n: 51, exact: true };
      if (pathname === '/events/count') return { n: 0, exact: true };
      const items = Array.from({ length: 20 }, (_, i) => ({
        id: `o${i}`,
        number: `К-${i}`,
        objectAddress: '',
      }));
      return { items: pathname === '/projects' ? items : [], next: null, refs: REFS };
    });
    await session.check();
    const found = await suggestionsFor('лесная', new AbortController().signal);
    expect(found.map(({ label }) => label)).toEqual([
      '№ К-0',
      '№ К-1',
      '№ К-2',
      '№ К-3',
      'Все найденные, 51',
    ]);
    found.at(-1)?.run();
    expect(`${router.path}?q=${router.query.get('q')}`).toBe('/projects?q=лесная');
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
