import { jest } from '@jest/globals';
import type { BulkDone } from '@svodka/shared/contracts/bulk';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { toasts } from '../../state/toasts.svelte.ts';
import { playDialogs } from '../../testing/dialogs.ts';
import { playRest } from '../../testing/sign-in.ts';
import BulkDialog from './BulkDialog.svelte';

const [order, customer, maxim] = [newId(), newId(), newId()];
const refs: BulkDone['refs'] = {
  projects: [{ id: order, number: '372', objectAddress: '', counterpartyId: customer }],
  counterparties: [{ id: customer, number: 'C-1', name: 'Лесная поляна', kind: 'org' }],
  users: [{ id: maxim, name: 'Максим Орлов', disabled: false }],
};
const refused = (reason: string, more: object = {}): BulkDone['refused'][number] => ({
  id: newId(),
  title: 'Пропущенный звонок',
  reason,
  projectId: null,
  counterpartyIds: [],
  holderId: null,
  ...more,
});

describe('one act upon many', () => {
  let told: BulkDone;
  let rest: ReturnType<typeof playRest>;
  beforeEach(() => {
    playDialogs();
    rest = playRest(() => told);
  });
  afterEach(() => rest.mockRestore());

  it('says of each that is refused whose order it is, and who is at it', async () => {
    const held = { projectId: order, counterpartyIds: [customer], holderId: maxim };
    told = { ids: [], refused: [refused('held', held), refused('not-open')], holders: [], next: null, refs };
    render(BulkDialog, { kind: 'claim', source: { ids: [newId()] }, onclose: () => {} });
    expect(await screen.findByText('Максим Орлов · № 372 · Лесная поляна · Пропущенный звонок')).toBeTruthy();
    expect(screen.getByText('Пропущенный звонок')).toBeTruthy();
  });

  it('is done by Ctrl Enter, once it has said what would be done', async () => {
    const ids = [newId()];
    told = { ids, refused: [], holders: [], next: null, refs };
    const onclose = jest.fn();
    render(BulkDialog, { kind: 'resolve', source: { ids }, onclose });
    await screen.findByText(/Будет сделано/);
    await waitFor(() =>
      expect((screen.getByText('Сделать').closest('button') as HTMLButtonElement).disabled).toBe(false),
    );
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(onclose).toHaveBeenCalled());
  });

  it('names what was refused on the way, leaves it chosen, and does it again', async () => {
    const ids = [newId(), newId()] as [Id, Id];
    let isHeld = true;
    rest.mockRestore();
    rest = playRest((_, __, body) => {
      const { dry, ids: slice } = body as { dry?: boolean; ids: Id[] };
      const wont = dry || !isHeld ? [] : slice.filter((id) => id === ids[1]);
      const lost = wont.map((id) => refused('held', { id, holderId: maxim }));
      return { ids: slice.filter((id) => !wont.includes(id)), refused: lost, holders: [], next: null, refs };
    });
    const onclose = jest.fn();
    render(BulkDialog, { kind: 'resolve', source: { ids }, onclose });
    const press = async (name: string) => {
      const button = () => screen.getByText(name).closest('button') as HTMLButtonElement;
      await waitFor(() => expect(button().disabled).toBe(false));
      await userEvent.click(button());
    };
    await screen.findByText(/Будет сделано: 2/);
    await press('Сделать');
    expect(await screen.findByText('Сделано: 1 из 2')).toBeTruthy();
    expect(screen.getByText('Этим занимается другой человек: 1')).toBeTruthy();
    expect(screen.getByText('Максим Орлов · Пропущенный звонок')).toBeTruthy();
    await press('Закрыть');
    expect(onclose).toHaveBeenCalledWith([ids[1]]);
    isHeld = false;
    await press('Повторить');
    await waitFor(() => expect(onclose).toHaveBeenLastCalledWith([]));
  });

  it('says what has been done when it is left while it waits', async () => {
    const ids = [newId(), newId()] as [Id, Id];
    rest.mockRestore();
    rest = playRest((_, __, body) => {
      const { dry, ids: slice } = body as { dry?: boolean; ids: Id[] };
      const later = dry ? [] : slice.filter((id) => id === ids[1]);
      const lost = later.map((id) => refused('rate-limited', { id }));
      return { ids: slice.filter((id) => !later.includes(id)), refused: lost, holders: [], next: null, refs };
    });
    // Whoever shows it asks for nothing any more as soon as it is closed.
    const onclose = jest.fn(() => void rerender({ kind: null as never }));
    const { rerender, unmount } = render(BulkDialog, { kind: 'resolve', source: { ids }, onclose });
    await screen.findByText(/Будет сделано: 2/);
    await waitFor(() => expect(screen.getByText('Сделать').closest('button')?.disabled).toBe(false));
    await userEvent.click(screen.getByText('Сделать'));
    await screen.findByText(/ждём своей очереди/);
    await userEvent.click(screen.getByText('Отмена'));
    expect(onclose).toHaveBeenCalledWith([ids[1]]);
    unmount();
    await waitFor(() =>
      expect(toasts.items.map(({ title, text }) => [title, text])).toContainEqual([
        'Решено: 1',
        'Остались как были: 1',
      ]),
    );
  });

  it('says who is at what is about to be resolved', async () => {
    const ids = [newId(), newId()];
    told = { ids, refused: [], holders: [maxim], next: null, refs };
    render(BulkDialog, { kind: 'resolve', source: { ids }, onclose: () => {} });
    expect(await screen.findByText(/1 сейчас у другого: Максим Орлов/)).toBeTruthy();
  });
});
