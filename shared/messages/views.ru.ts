/** Names of the feeds that a person finds on the first visit. They are theirs from then on, to rename and to remove. */
export const viewsRu = {
  'view.today-important': 'Сегодня, важное',
  'view.overdue': 'Просрочено',
  'view.due-soon': 'Сроки близко',
  'view.payments-week': 'Оплаты за неделю',
  'view.installs': 'Монтажи',
  'view.missed-calls': 'Пропущенные звонки',
  'view.money-open': 'Деньги: не закрыто',
  'view.requests': 'Обращения и заказы',
  'view.complaints': 'Открытые рекламации',
  'view.customer-specifics': 'Особенности заказчиков',
  'view.measures': 'Замеры',
  'view.measure-sheets': 'Замерные листы',
  'reason.too-many-views': 'Лент может быть не больше 50: удалите лишние',
};
