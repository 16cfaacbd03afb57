import type { PaymentLoad, PaymentsAnswer } from '@svodka/shared/contracts/payments';
import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { until } from '../../../test/support/until.ts';
import { playDialogs } from '../../testing/dialogs.ts';
import { playRest } from '../../testing/sign-in.ts';
import PaymentsScreen from './PaymentsScreen.svelte';

const user = userEvent.setup();
beforeAll(playDialogs);

const answer: PaymentsAnswer = {
  encoding: 'utf-8',
  accounts: [],
  from: null,
  to: null,
  isCut: true,
  counts: {
    documents: 31,
    outgoing: 0,
    own: 0,
    incoming: 31,
    created: 15,
    changed: 0,
    unchanged: 16,
    refused: 0,
    linked: 12,
    waiting: 3,
    same: 0,
    sumKop: 100,
  },
  items: [],
  faults: [],
};

describe('a file of a bank', () => {
  it('is told of as it will be, while it is loaded, and as it is then', async () => {
    let finish = () => {};
    const rest = playRest(() => answer);
    const play = rest.getMockImplementation();
    rest.mockImplementation(async (...asked) => {
      if (!String(asked[0]).includes('dry=true')) await new Promise<void>((done) => (finish = done));
      return (await play?.(...asked)) as Response;
    });
    try {
      const { container } = render(PaymentsScreen);
      const input = container.querySelector('input[type=file]') as HTMLInputElement;
      await user.upload(input, new File(['1CClientBankExchange'], 'kl.txt', { type: 'text/plain' }));
      await screen.findByText(/31 поступление/);
      const told = () => screen.getAllByRole('listitem').map((each) => each.textContent?.trim());
      expect(told()).toEqual(['12 К заказам', '3 Будут ждать привязки к заказу', '16 Уже были']);
      expect(screen.getByText(/Что дошло целиком, войдёт/)).toBeTruthy();
      await user.click(screen.getByRole('button', { name: 'Загрузить 15 платежей' }));
      expect(screen.getByRole('status').textContent).toBe('Загружаем 15 платежей…');
      finish();
      await until(() => screen.queryByText('Загружено 15 платежей'));
      expect(screen.queryByRole('status')).toBeNull();
      expect(told()).toContain('3 Ждут привязки к заказу');
      expect(screen.getByText(/Что дошло целиком, вошло/)).toBeTruthy();
    } finally {
      rest.mockRestore();
    }
  });
});

describe('a file that was loaded', () => {
  it('is taken back by whoever is sure, and what stayed is said', async () => {
    const load: PaymentLoad = {
      id: '01890000-0000-7000-8000-0000000000b1',
      fileName: 'kl_to_1c.txt',
      at: '2026-11-27T09:30:00.000Z',
      by: 'Ольга Счётова',
      created: 3,
      sumKop: 18_430_000,
      undone: null,
    };
    let isUndone = false;
    const undone = { at: load.at, by: load.by, deleted: 2, kept: 1 };
    const rest = playRest((method, path) => {
      if (method === 'POST' && path.endsWith(`${load.id}/undo`)) isUndone = true;
      const now = isUndone ? { ...load, undone } : load;
      return method === 'GET' ? { items: [now] } : now;
    });
    try {
      render(PaymentsScreen);
      const item = await screen.findByRole('listitem');
      expect(item.textContent?.replace(/\s+/g, ' ')).toMatch(
        /kl_to_1c\.txt 3 платежа на 184 300 ₽ .*Ольга Счётова/,
      );
      await user.click(screen.getByRole('button', { name: 'Отменить загрузку' }));
      const dialog = await screen.findByRole('dialog');
      expect(isUndone).toBe(false);
      await user.click(within(dialog).getByRole('button', { name: 'Отменить загрузку' }));
      await screen.findByText(/удалены 2 платежа; 1 платёж остался: его с тех пор изменили/);
      expect(screen.queryByRole('button', { name: 'Отменить загрузку' })).toBeNull();
    } finally {
      rest.mockRestore();
    }
  });
});

describe('a file that is no exchange file', () => {
  it('is refused beside what would be one', async () => {
    const message = 'Это не файл обмена с банком';
    const details = [{ field: 'file', reason: 'not-bank-file', message }];
    const rest = playRest((method) =>
      method === 'GET'
        ? { items: [] as never[] }
        : [400, { error: { code: 'validation', message: 'Проверьте поля', details } }],
    );
    try {
      const { container } = render(PaymentsScreen);
      const input = container.querySelector('input[type=file]') as HTMLInputElement;
      await user.upload(input, new File(['Дата;Сумма\n'], 'bank.txt', { type: 'text/plain' }));
      expect((await screen.findByRole('alert')).textContent).toContain(message);
      expect(screen.getByText(/kl_to_1c\.txt/)).toBeTruthy();
    } finally {
      rest.mockRestore();
    }
  });
});
