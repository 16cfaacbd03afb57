/** A word as it is compared: «В  Работе» is «в работе». */
export const wordOf = (text: string): string =>
  text.toLowerCase().replaceAll('ё', 'е').replace(/\s+/g, ' ').trim();

/** What other programs say for ours, where there is hardly another meaning. */
export const SAID_ELSEWHERE: Record<'type' | 'importance' | 'status', Record<string, string>> = {
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
};
