import { i18n } from '../../state/i18n.svelte.ts';
import { whatHappened } from './notice-toast.ts';

describe('what a toast says of an event', () => {
  beforeEach(() => i18n.setLocale('ru'));

  it.each([
    ['payment.prepaid', 'Предоплата внесена', 'Предоплата внесена'],
    ['payment.prepaid', 'Prepayment made', 'Предоплата внесена'],
    ['payment.prepaid', 'Предоплата внесена — 100 000 ₽', 'Предоплата внесена — 100 000 ₽'],
    ['payment.prepaid', 'Банк подтвердил 70 %', 'Предоплата внесена: Банк подтвердил 70 %'],
    ['note.free', 'Ждём звонка', 'Ждём звонка'],
    ['deadline.due', 'Запуск: срок сегодня', 'Запуск: срок сегодня'],
  ] as const)('%s «%s» once: «%s»', (type, title, said) => {
    expect(whatHappened({ type, title })).toBe(said);
  });
});
