/** The act of an erasure: printed by a command, signed by people. */
export const erasureRu = {
  'erasure.name': 'Данные стёрты',
  'erasure.act.title': 'АКТ об уничтожении персональных данных, карточка {number}',
  'erasure.act.operator': 'Оператор: {company}',
  'erasure.act.subject': 'Субъект: карточка контрагента {number}, идентификаторы {ids}',
  'erasure.act.when': 'Дата и время уничтожения: {moment}',
  'erasure.act.ground': 'Основание: {line}',
  'erasure.act.categories':
    'Категории данных: имя, телефоны, электронная почта, реквизиты, адреса, тексты событий и обсуждений, файлы, записи разговоров, письма.',
  'erasure.act.way':
    'Способ: стирание средствами Сводки. Хранилище записано заново без стёртого, журнал изменений очищен, прежний файл удалён.',
  'erasure.act.looked':
    'Проверка: просмотрено {bytes} байт хранилища, {found, plural, =0 {телефонов, адресов почты и реквизитов субъекта не найдено} other {осталось упоминаний: #}}.',
  'erasure.act.elsewhere':
    'Проверка: хранилище MongoDB, журнал операций и резервные копии ведутся его средствами и проверяются отдельно.',
  'erasure.act.backups':
    'Резервные копии, сделанные раньше, уничтожаются в течение 30 дней; при восстановлении из них стирание повторяется.',
  'erasure.act.extract': 'Выгрузка из журнала регистрации событий:',
  'erasure.act.sign': 'Ответственный: {line} (подпись, имя)',
  'erasure.kind.cards': 'стёрто карточек',
  'erasure.kind.orders': 'стёрто слов и адресов в заказах',
  'erasure.kind.events': 'стёрто текстов событий',
  'erasure.kind.comments': 'стёрто комментариев',
  'erasure.kind.files': 'стёрто файлов и записей разговоров',
  'erasure.kind.letters': 'стёрто писем',
  'erasure.kind.links': 'закрыто ссылок для заказчика',
  'erasure.kind.mentions': 'стёрто упоминаний в чужих записях',
} as const;
