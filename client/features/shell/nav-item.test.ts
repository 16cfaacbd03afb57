import { jest } from '@jest/globals';
import Inbox from '@lucide/svelte/icons/inbox';
import { render, screen } from '@testing-library/svelte';
import NavItem from './NavItem.svelte';

describe('a line of the column', () => {
  it('comes into sight when its screen is opened by something else', async () => {
    // jsdom lays nothing out.
    const shown = jest.fn(function (this: Element) {
      return this.getAttribute('href');
    });
    Element.prototype.scrollIntoView = shown;
    render(NavItem, { href: '/', icon: Inbox, label: 'Все события' });
    const { rerender } = render(NavItem, { href: '/audit', icon: Inbox, label: 'Журнал доступа' });
    expect(shown).not.toHaveBeenCalled();
    await rerender({ active: true });
    expect(shown.mock.results.map(({ value }) => value)).toEqual(['/audit']);
    expect(screen.getByRole('link', { current: 'page' }).textContent).toContain('Журнал доступа');
  });
});
