import { jest } from '@jest/globals';
import { render, screen } from '@testing-library/svelte';
import { i18n } from '../../state/i18n.svelte.ts';
import { testEvent } from '../../testing/events.ts';
import AsOf from './AsOf.svelte';
import { revisionLines } from './revision-words.ts';

describe('what an event said at a moment', () => {
  it('is, at the moment of a change, what that has made of it', () => {
    const event = testEvent('01890000-0000-7000-8000-0000000000e1', 1, {
      title: 'Позвонить утром',
      recordedAt: '2026-11-20T08:00:10.000Z',
      rev: 3,
    });
    const revisions = [
      {
        rev: 3,
        at: '2026-11-20T10:00:50.000Z',
        by: null,
        changes: { title: { from: 'Позвонить', to: 'Позвонить утром' } },
      },
      {
        rev: 2,
        at: '2026-11-20T10:00:40.000Z',
        by: null,
        changes: { title: { from: 'Письмо', to: 'Позвонить' } },
      },
    ];
    // jsdom lays nothing out.
    const shown = jest.fn();
    Element.prototype.scrollIntoView = shown;
    render(AsOf, { event, revisions, at: '2026-11-20T10:00:40.000Z' });
    expect(screen.getByText('Позвонить')).toBeTruthy();
    expect(screen.queryByText('Письмо')).toBeNull();
    expect(shown).toHaveBeenCalled();
  });

  it('names the hour of a deadline that was typed and not sent', () => {
    const due = { local: '2026-12-05T14:00', zone: i18n.viewer.zone };
    const [line] = revisionLines({ changes: { due: { from: null, to: due } } });
    expect(line?.to).toMatch(/14:00/);
  });

  it('names no hour of a deadline that is a whole day', () => {
    const to = '2026-12-05T20:59:59.000Z';
    const [line] = revisionLines({ changes: { dueAt: { from: null, to } } });
    expect(line?.to).toMatch(/^5 дек/);
    expect(line?.to).not.toContain(':');
  });
});
