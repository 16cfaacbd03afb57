import type { Payment } from '@svodka/shared/contracts/payments';
import { render, screen } from '@testing-library/svelte';
import PaymentRows from './PaymentRows.svelte';

const payment: Payment = {
  line: 11,
  docNo: '55',
  on: '2026-03-13',
  amountKop: 9_497_600,
  payer: 'Северин Т. Д.',
  inn: null,
  purpose: 'Оплата по заказу 443',
  outcome: 'created',
  match: 'same',
  orders: ['443'],
  counterparty: null,
  same: {
    eventId: '01890000-0000-7000-8000-00000000000f',
    type: 'payment.received',
    on: '2026-03-13',
    by: 'Ирина',
    amountKop: 9_497_600,
  },
};

describe('the rows of a bank’s file', () => {
  it('say what an order has already, by whom, and lead there', () => {
    render(PaymentRows, { items: [payment] });
    expect(screen.getByText(/похоже, уже внесён: № 443/)).toBeTruthy();
    const there = screen.getByRole('link', { name: /Платёж поступил.*13 мар.*Ирина/ });
    expect(there.getAttribute('href')).toBe(`/?event=${payment.same?.eventId}`);
    expect(there.textContent).toMatch(/94\s976/);
  });

  it('say truly why one waits, and what became of it', async () => {
    const why = (match: Payment['match'], orders: string[]) => ({ ...payment, match, orders, same: null });
    const { rerender } = render(PaymentRows, { items: [why('unknown', ['О-9999'])] });
    expect(screen.getByText('такого заказа нет: № О-9999')).toBeTruthy();
    expect(screen.getByText('новый')).toBeTruthy();
    await rerender({ items: [why('unsure', ['О-1000'])], isLoaded: true });
    expect(screen.getByText('неясно, номер ли это заказа: № О-1000')).toBeTruthy();
    expect(screen.getByText('внесён')).toBeTruthy();
    await rerender({ items: [why('kept', ['О-1000'])], isLoaded: true });
    expect(screen.getByText('№ О-1000').classList.contains('waits')).toBe(false);
  });

  it('say what lay behind an order, which no event tells', () => {
    const same = { ...payment.same, eventId: null, by: '', amountKop: 7_000_000 } as Payment['same'];
    render(PaymentRows, { items: [{ ...payment, same }] });
    expect(screen.getByText(/к 13 мар.* по заказу было оплачено 70 000/)).toBeTruthy();
    expect(screen.queryByRole('link')).toBeNull();
  });
});
