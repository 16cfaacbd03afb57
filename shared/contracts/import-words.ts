/** A word as it is compared: «В  Работе» is «в работе». */
export const wordOf = (text: string): string =>
  text.toLowerCase().replaceAll('ё', 'е').replace(/\s+/g, ' ').trim();

/** Targets whose cells are words that may be another system's, and where the labels of ours stand. */
export const WORD_LABELS = {
  type: 'type',
  importance: 'importance',
  status: 'status',
  kind: 'counterparty.kind',
  category: 'counterparty.category',
  template: 'order.template',
  orderStatus: 'project.status',
} as const;
export type Wordy = keyof typeof WORD_LABELS;

/** What other programs say for ours, where there is hardly another meaning. */
export const SAID_ELSEWHERE: Record<Wordy, Record<string, string>> = {
  type: {},
  importance: {
    низкий: 'low',
    средний: 'normal',
    обычный: 'normal',
    высокий: 'high',
    срочно: 'critical',
    срочный: 'critical',
    medium: 'normal',
    urgent: 'critical',
    major: 'high',
    minor: 'low',
    trivial: 'low',
    highest: 'critical',
    lowest: 'low',
  },
  status: {
    выполнено: 'resolved',
    выполнен: 'resolved',
    закрыт: 'resolved',
    закрыта: 'resolved',
    закрыто: 'resolved',
    завершен: 'resolved',
    завершено: 'resolved',
    done: 'resolved',
    closed: 'resolved',
    'в работе': 'open',
    открыт: 'open',
    новый: 'open',
    новая: 'open',
    new: 'open',
    'in progress': 'open',
    'to do': 'open',
  },
  kind: {
    юрлицо: 'org',
    'юр. лицо': 'org',
    'юридическое лицо': 'org',
    компания: 'org',
    company: 'org',
    физлицо: 'person',
    'физ. лицо': 'person',
    'физическое лицо': 'person',
    'частное лицо': 'person',
    контакт: 'person',
    contact: 'person',
  },
  category: { клиент: 'customer', покупатель: 'customer', client: 'customer', vendor: 'supplier' },
  template: { частный: 'private', розница: 'private', фасад: 'facade', объект: 'facade' },
  orderStatus: {
    новый: 'request',
    новая: 'request',
    new: 'request',
    'в производстве': 'production',
    'на складе': 'ready',
    монтаж: 'installation',
    закрыт: 'closed',
    закрыта: 'closed',
    завершен: 'closed',
    выполнен: 'closed',
    'сделка успешна': 'closed',
    closed: 'closed',
    won: 'closed',
  },
};
