import type { Role } from '@svodka/shared/contracts/user';
import { cleanup, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { playDialogs } from '../../testing/dialogs.ts';
import { playSocket, settled } from '../../testing/fake-socket.ts';
import { ANNA, playRest, testSession } from '../../testing/sign-in.ts';

const socket = playSocket();
const { default: ProjectPage } = await import('../projects/ProjectPage.svelte');
const { default: CounterpartyPage } = await import('../counterparties/CounterpartyPage.svelte');
const { session } = await import('../../state/session.svelte.ts');
const { router } = await import('../../state/router.svelte.ts');

const ID = '01890000-0000-7000-8000-000000000001';
const NAMES = { projects: [], counterparties: [], users: [] };
const ORDER = {
  id: ID,
  version: 1,
  number: '443',
  template: 'private',
  counterpartyId: null,
  objectAddress: 'Садовая, 4',
  managerId: ANNA,
  appointedIds: [],
  amountKop: 100_00,
  note: 'ключ у соседа',
  status: 'contract',
  statusOverride: null,
  told: [],
  attachments: [],
  line: { status: 'contract', milestones: [], flags: [], next: null, isLate: false },
};
const PARTY = {
  id: ID,
  version: 1,
  number: 'К-7',
  name: 'Логинова Е. Н.',
  kind: 'person',
  categories: [],
  phones: [],
  emails: [],
  contacts: [],
  managerId: null,
  inn: null,
  kpp: null,
  ogrn: null,
  note: '',
  attachments: [],
  consents: [],
};
const missing = () => screen.queryByRole('heading', { name: 'Такой записи нет' });

describe('the page of a record that is given to somebody else', () => {
  let isTheirs: boolean;
  let reads: number;
  let rest: ReturnType<typeof playRest>;
  const user = userEvent.setup();

  async function open(page: 'projects' | 'counterparties', roles: Role[] = ['manager']) {
    isTheirs = true;
    reads = 0;
    rest = playRest((_, path) => {
      if (path === '/session') return testSession(roles);
      if (path.startsWith('/refs')) return NAMES;
      if (path === `/${page}/${ID}`) {
        reads++;
        return isTheirs
          ? page === 'projects'
            ? ORDER
            : PARTY
          : [404, { error: { code: 'not-found', message: 'нет' } }];
      }
      return [404, { error: { code: 'not-found', message: 'нет' } }];
    });
    await session.check();
    router.go(`/${page}/${ID}`);
    render((page === 'projects' ? ProjectPage : CounterpartyPage) as typeof ProjectPage, { id: ID });
    await socket.open();
    await screen.findByRole('heading', { name: page === 'projects' ? /443/ : /Логинова/ });
  }
  const give = (ids: string[] | null = [ID]) => {
    isTheirs = false;
    return socket.tell('orders.changed', { ids });
  };

  beforeEach(() => {
    localStorage.clear();
    localStorage.setItem('svodka.signed-in', '1');
    playDialogs();
  });
  afterEach(async () => {
    cleanup();
    await socket.drop();
    rest.mockRestore();
  });

  it('shows nothing of an order any more, and all of it when it is given back', async () => {
    await open('projects');
    await give();
    await waitFor(() => expect(missing()).not.toBeNull());
    for (const word of [/443/, /Садовая/, /ключ у соседа/]) expect(screen.queryByText(word)).toBeNull();
    for (const name of ['Изменить', 'Новое событие', 'Создать ссылку'])
      expect(screen.queryByRole('button', { name })).toBeNull();
    isTheirs = true;
    await socket.tell('orders.changed', { ids: [ID] });
    await screen.findByRole('heading', { name: /443/ });
    expect(missing()).toBeNull();
  });

  it('leaves the words of an open form to whoever types them', async () => {
    await open('projects');
    router.go(`/projects/${ID}?sheet=edit`);
    const note = await screen.findByRole('textbox', { name: 'Заметка' });
    await user.type(note, ' Марии');
    await give();
    await waitFor(() => expect(missing()).not.toBeNull());
    expect((screen.getByRole('textbox', { name: 'Заметка' }) as HTMLTextAreaElement).value).toBe(
      'ключ у соседа Марии',
    );
    await user.click(screen.getByRole('button', { name: 'Отмена' }));
    await waitFor(() => expect(screen.queryByRole('textbox', { name: 'Заметка' })).toBeNull());
    expect(missing()).not.toBeNull();
  });

  it('shows nothing of a counterparty whose last order is somebody else’s', async () => {
    await open('counterparties');
    await give(['01890000-0000-7000-8000-000000000009']);
    await waitFor(() => expect(missing()).not.toBeNull());
    expect(screen.queryByText(/Логинова/)).toBeNull();
  });

  it('does not read a counterparty at every order for those who see all of them', async () => {
    await open('counterparties', ['dispatcher']);
    const before = reads;
    await socket.tell('orders.changed', { ids: [ID] });
    await settled();
    expect(reads).toBe(before);
  });

  it('keeps what is there while the server cannot be reached', async () => {
    await open('projects');
    rest.mockRejectedValue(new TypeError('fetch failed'));
    await socket.tell('orders.changed', { ids: [ID] });
    await settled();
    expect(screen.queryByRole('heading', { name: /443/ })).not.toBeNull();
  });
});
