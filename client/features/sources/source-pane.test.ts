import type { ConnectedModule } from '@svodka/shared/contracts/modules';
import { render, screen } from '@testing-library/svelte';
import SourcePane from './SourcePane.svelte';
import type { SourceRow, Sources } from './sources.svelte.ts';

const sources = { errors: [], hasMoreErrors: false } as unknown as Sources;
const sourceOf = (module: ConnectedModule): SourceRow => ({
  id: module,
  module,
  isOn: true,
  expectMin: null,
  silentSince: null,
  lastHeardAt: null,
  replayFrom: null,
  eventsToday: { n: 0, exact: true },
  errors: 0,
  errorsLetGo: 0,
  tokens: [],
  recordings: null,
});
const open = (module: ConnectedModule) =>
  render(SourcePane, { source: sourceOf(module), sources, onclose: () => {} });

describe('what of a module was not taken', () => {
  it.each([
    ['calls', 'calls'],
    ['finance', 'payments'],
  ] as const)('is, of the files of %s, told where they are', (module, files) => {
    open(module);
    expect(screen.queryByText(/Всё, что пришло/)).toBeNull();
    expect(screen.getByRole('link', { name: 'Что не принято из файлов' }).getAttribute('href')).toMatch(
      new RegExp(`[?&]files=${files}$`),
    );
  });

  it('is said with its whole number, where only the newest of it wait', () => {
    const source = { ...sourceOf('install'), errors: 1_000, errorsLetGo: 2_304 };
    render(SourcePane, { source, sources, onclose: () => {} });
    expect(screen.getByText(/Всего отказов 3\s304.*последние 1\s000/)).toBeTruthy();
  });

  it('speaks of no files where a module has none', () => {
    open('install');
    expect(screen.queryByRole('link', { name: 'Что не принято из файлов' })).toBeNull();
  });
});
