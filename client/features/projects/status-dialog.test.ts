import { cleanup, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { playDialogs } from '../../testing/dialogs.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';

const { default: StatusDialog } = await import('./StatusDialog.svelte');
const { default: MilestoneDialog } = await import('./MilestoneDialog.svelte');
const { session } = await import('../../state/session.svelte.ts');

const user = userEvent.setup();
const ID = '01890000-0000-7000-8000-0000000000c1';
const project = { id: ID, number: '318', statusOverride: null, line: { status: 'request' } };
const milestone = { code: 'measure', plannedOn: null, forecastOn: '2026-03-20' };
const nothing = { ondone: () => {}, onclose: () => {} };

const DIALOGS: [string, () => void, string][] = [
  [
    'status',
    () => void render(StatusDialog, { props: { project, ...nothing } as never }),
    `POST /projects/${ID}/status`,
  ],
  [
    'milestone',
    () => void render(MilestoneDialog, { props: { id: ID, milestone, kind: 'skip', ...nothing } as never }),
    `POST /projects/${ID}/milestones`,
  ],
];

it.each(DIALOGS)(
  'a reason that was typed and not sent is there again, and goes when it was sent: %s',
  async (_name, open, route) => {
    playDialogs();
    const sent: string[] = [];
    const rest = playRest((method, path) => {
      if (path === '/session') return testSession();
      sent.push(`${method} ${path}`);
      return project;
    });
    await session.signIn('anna', 'plain-lantern-42');
    const reason = () => screen.getByRole<HTMLInputElement>('textbox');
    open();
    await user.type(reason(), 'Заказчик передумал');
    cleanup();
    open();
    expect(reason().value).toBe('Заказчик передумал');
    await user.type(reason(), '{Enter}');
    await waitFor(() => expect(sent).toContain(route));
    cleanup();
    open();
    expect(reason().value).toBe('');
    cleanup();
    rest.mockRestore();
  },
);
