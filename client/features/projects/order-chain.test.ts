import type { Project } from '@svodka/shared/contracts/directory';
import type { EventType } from '@svodka/shared/contracts/modules';
import { chainOf } from '@svodka/shared/rules/orders/chain';
import type { FactEvent } from '@svodka/shared/rules/orders/facts';
import { daysAfter, weekdayOf } from '@svodka/shared/rules/orders/working-days';
import { render, screen } from '@testing-library/svelte';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest } from '../../testing/sign-in.ts';

playSocket();
const { default: OrderChain } = await import('./OrderChain.svelte');

const ID = '01890000-0000-7000-8000-000000000001';
const project = { id: ID, version: 1, managerId: null, appointedIds: [] } as unknown as Project;

describe('the chain of an order of which nothing is late', () => {
  let events: FactEvent[];
  const now = new Date();
  const add = (type: EventType, payload: FactEvent['payload'] = {}) =>
    events.push({
      id: `e${events.length}`,
      version: 1,
      type,
      occurredAt: new Date(now.getTime() - (20 - events.length) * 3_600_000),
      dueAt: null,
      status: 'recorded',
      resolved: null,
      deletedAt: null,
      payload,
    });
  const open = () => {
    const order = { template: 'private', zone: 'Europe/Moscow', createdAt: now, amountKop: null } as const;
    playRest((_, path) =>
      path.startsWith('/projects/') ? { ...chainOf({ ...order, now, events }), isWhole: true } : {},
    );
    render(OrderChain, { id: ID, project, onsaved: () => undefined });
  };
  beforeEach(() => {
    events = [];
    add('measure.done');
    add('contract.signed');
  });

  it('says that it is on plan', async () => {
    open();
    await screen.findByText('Заказ идёт по плану.');
  });

  it('says so neither of an installation that is set before the goods can be there, nor of one on a day off', async () => {
    const today = now.toISOString().slice(0, 10);
    add('work.planned', { startOn: daysAfter(today, 1) });
    open();
    await screen.findByText(/^Монтаж назначен на .* выйдет /);
    expect(screen.queryByText('Заказ идёт по плану.')).toBeNull();
    document.body.replaceChildren();
    const far = daysAfter(today, 200);
    add('work.planned', { startOn: daysAfter(far, 7 - weekdayOf(far)) });
    open();
    await screen.findByText(/^Монтаж назначен на выходной, /);
  });

  it('says so of none in which something does not fit', async () => {
    add('production.launched');
    open();
    await screen.findByText('Не всё в заказе сходится: смотрите ниже.');
  });
});
