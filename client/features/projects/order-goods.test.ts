import { newId } from '@svodka/shared/contracts/id';
import type { OrderGoods as Goods } from '@svodka/shared/contracts/orders';
import { cleanup, render, screen } from '@testing-library/svelte';
import type { Component } from 'svelte';
import { playSocket } from '../../testing/fake-socket.ts';

playSocket();
const { default: OrderGoods } = await import('./OrderGoods.svelte');
const { default: DeskHost } = await import('../../testing/DeskHost.svelte');

describe('the waybills of an order', () => {
  const none = { n: 0, eventIds: [] };
  const show = (count: number) => {
    cleanup();
    const waybills = Array.from({ length: count }, (_, i) => ({ docNo: `Н-${i + 1}`, eventId: newId() }));
    const goods = {
      total: null,
      arrived: none,
      defective: none,
      shipped: none,
      completeOn: null,
      items: [],
      waybills,
      reserve: 'none',
      materials: [],
    } as unknown as Goods;
    render(DeskHost, {
      props: { part: OrderGoods as unknown as Component<Record<string, unknown>>, props: { goods } },
    });
    return screen.getByRole('button').textContent;
  };

  it('are named as far as they can be read, and then counted', () => {
    expect(show(1)).toBe('накладная: Н-1');
    expect(show(5)).toBe('накладные: Н-1, Н-2, Н-3, Н-4, Н-5');
    expect(show(110)).toBe('накладные: Н-1, Н-2, Н-3, Н-4, ещё 106');
  });
});
