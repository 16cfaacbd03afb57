import { jest } from '@jest/globals';
import type { LetterWording } from '@svodka/shared/contracts/customer';
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';

playSocket();
const { default: LettersScreen } = await import('./LettersScreen.svelte');
const { router } = await import('../../state/router.svelte.ts');
const { session } = await import('../../state/session.svelte.ts');

const usual = { subject: 'Заказ {number}', text: 'Здравствуйте, {news}' };
const words: LetterWording = { kind: 'shipment.out', locale: 'ru', ...usual, usual };

describe('wording a letter', () => {
  const user = userEvent.setup();
  const open = async (localLinks: string | null = null) => {
    localStorage.setItem('svodka.signed-in', '1');
    const of = testSession(['administrator']);
    playRest((_, path, body) => {
      if (path === '/session') return { ...of, server: { ...of.server, localLinks } };
      if (path === '/letter-words') return { items: [words] };
      const { text } = body as { text: string };
      const places = [...text.matchAll(/\{(сумма|итог)\}/g)];
      if (places.length === 0) return { subject: 'Заказ 318' };
      const details = places.map(({ 0: found, index: position }) => ({
        field: 'text',
        reason: 'letter-field',
        message: 'Такого поля у письма нет',
        position,
        length: found.length,
      }));
      return [400, { error: { code: 'validation', message: '', details } }];
    });
    await session.check();
    router.go('/mail/letters?of=shipment.out:ru');
    const seen = render(LettersScreen);
    await screen.findByRole('heading', { name: 'Заказ 318' });
    return seen;
  };
  const text = () => screen.getByLabelText<HTMLTextAreaElement>(/^Текст/);
  const type = async (value: string) => {
    await user.clear(text());
    await user.click(text());
    await user.paste(value);
  };
  beforeEach(() => {
    localStorage.clear();
    // A frame leads nowhere here, and jsdom says so.
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });

  it('says of what was typed before that it is a draft, and goes back to what is saved', async () => {
    const before = await open();
    await type('Моё письмо');
    expect(screen.queryByText(/неотправленный черновик/)).toBeNull();
    before.unmount();
    await open();
    expect(text().value).toBe('Моё письмо');
    await user.click(await screen.findByRole('button', { name: 'Начать заново' }));
    expect(text().value).toBe(usual.text);
    expect(screen.queryByText(/неотправленный черновик/)).toBeNull();
  });

  it('names each place that a letter does not have, and says that the picture is of before', async () => {
    await open();
    await type('К оплате {сумма}, всего {итог}');
    await screen.findByText('Таких полей у письма нет: {сумма}, {итог}');
    await screen.findByText(/Так было до последней правки/);
    await type('Без полей');
    await waitFor(() => expect(screen.queryByText(/Так было до последней правки/)).toBeNull());
  });

  it('says of an emptied text that it is empty, and not what was wrong with the one before', async () => {
    await open();
    await type('К оплате {сумма}');
    await screen.findByText('Такого поля у письма нет: {сумма}');
    await user.clear(text());
    await waitFor(() => expect(screen.queryByText(/Такого поля у письма нет/)).toBeNull());
    expect(text().getAttribute('aria-invalid')).toBe('true');
    screen.getByText(/Так было до последней правки/);
  });

  it('says that nobody outside can open the links, where it is so', async () => {
    await open('http://127.0.0.1:3000');
    expect(screen.getByRole('note').textContent).toContain('http://127.0.0.1:3000');
  });
});
