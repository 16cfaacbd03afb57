import { until } from '../../../test/support/until.ts';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest } from '../../testing/sign-in.ts';

playSocket();
const { ordersOf } = await import('./orders-of.ts');

it('knows how many orders there are of whom it is asked for, not of everybody', async () => {
  const asked: (string | null)[] = [];
  const rest = playRest((_, path) => {
    const { pathname, searchParams } = new URL(path, 'http://desk');
    if (pathname !== '/projects/count')
      return { items: [], next: 'more', refs: { projects: [], counterparties: [], users: [] } };
    asked.push(searchParams.get('filter'));
    return { n: 110, exact: true };
  });
  const orders = ordersOf({ field: 'customer', in: ['01890000-0000-7000-8000-00000000000b'] }, 'risk');
  await until(() => orders.total?.n === 110);
  expect(asked).toEqual(['customer:01890000-0000-7000-8000-00000000000b']);
  orders.close();
  rest.mockRestore();
});
