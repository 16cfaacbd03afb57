import { places } from './places.ts';
import { router } from './router.svelte.ts';

const here = () => location.pathname + location.search;

describe('the way back from a page', () => {
  it('leads to where it was opened from, with its search', () => {
    router.go('/?filter=overdue');
    router.go('/projects/7');
    places.goBack('/projects');
    expect(here()).toBe('/?filter=overdue');
  });

  it('leads from what lies over a list to that list, wherever the list was opened from', () => {
    router.go('/import');
    router.go('/sources');
    router.go('/sources?module=finance');
    places.goBack('/sources');
    expect(here()).toBe('/sources');
  });

  it('leads to where it was opened from last, whatever screens lay between', () => {
    router.go('/projects?sort=debt');
    router.go('/projects/9');
    router.go('/calendar?on=2026-12-01');
    router.go('/projects/9');
    places.goBack('/projects');
    expect(here()).toBe('/calendar?on=2026-12-01');
  });

  it('has no circles: an order, its customer and the order again lead out of both', () => {
    router.go('/?filter=calls');
    router.go('/projects/8');
    router.go('/counterparties/3');
    router.go('/projects/8');
    places.goBack('/projects');
    expect(here()).toBe('/?filter=calls');
    router.go('/projects/8');
    router.go('/counterparties/3');
    places.goBack('/counterparties');
    expect(here()).toBe('/projects/8');
    places.goBack('/projects');
    expect(here()).toBe('/?filter=calls');
  });
});
