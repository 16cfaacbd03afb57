import type { viewsRu } from './views.ru.ts';

export const viewsEn: Record<keyof typeof viewsRu, string> = {
  'view.today-important': 'Today, important',
  'view.overdue': 'Overdue',
  'view.due-soon': 'Due soon',
  'view.payments-week': 'Payments this week',
  'view.installs': 'Installations',
  'view.missed-calls': 'Missed calls',
  'view.money-open': 'Money: outstanding',
  'view.requests': 'Enquiries and orders',
  'view.complaints': 'Open complaints',
  'view.customer-specifics': 'Customer preferences',
  'view.measures': 'Measurements',
  'view.measure-sheets': 'Measurement sheets',
  'reason.too-many-views': 'You can save at most 50 feeds: delete some first',
};
