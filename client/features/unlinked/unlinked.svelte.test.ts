import { until } from '../../../test/support/until.ts';
import { testEvent, testSnapshot } from '../../testing/events.ts';
import { playSocket, settled } from '../../testing/fake-socket.ts';
import { playRest } from '../../testing/sign-in.ts';

const socket = playSocket();
const { live } = await import('../../api/live.ts');
const { Unlinked } = await import('./unlinked.svelte.ts');

const ID = '01890000-0000-7000-8000-000000000001';
const ORDER = { projectId: '01890000-0000-7000-8000-000000000002', number: '318', reasons: ['number'] };

describe('Unlinked', () => {
  let asked = 0;
  let refused = 0;
  let rest: ReturnType<typeof playRest>;
  let queue: InstanceType<typeof Unlinked>;

  beforeEach(async () => {
    asked = 0;
    rest = playRest((_method, path) => {
      if (!path.startsWith('/proposals')) return {};
      if (++asked <= refused) return [503, { error: { code: 'unavailable', message: 'away', details: [] } }];
      return {
        items: [{ eventId: ID, orders: [ORDER], customers: [] }],
        refs: { projects: [], counterparties: [], users: [] },
      };
    });
    live.connect();
    await socket.open();
    queue = new Unlinked();
    await settled();
    await socket.last('feed.subscribe').answer(testSnapshot('r', '01', [testEvent(ID, 1)]));
  });

  afterEach(async () => {
    queue.close();
    await socket.drop();
    live.disconnect();
    rest.mockRestore();
  });

  describe('while the server refuses to propose', () => {
    beforeAll(() => {
      refused = 2;
    });

    it('asks again, though nothing in the feed changes', async () => {
      await until(() => queue.proposals(ID));
      expect(queue.proposals(ID)?.orders).toEqual([ORDER]);
      expect(asked).toBe(3);
    });
  });
});
