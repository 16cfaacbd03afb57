/** Words of the screens: sign-in, the desk, an event and its form. */
export const deskRu = {
  'app.name': 'Сводка',
  'app.loading': 'Загружаю…',
  'app.again': 'Повторить',
  'app.close': 'Закрыть',
  'app.cancel': 'Отмена',
  'app.save': 'Сохранить',
  'app.undo': 'Вернуть',
  'app.unreachable': 'Сервер не отвечает',
  'app.unreachable.text':
    'Проверьте, что «Сводка» запущена и сеть работает. Страница попробует ещё раз сама.',
  'app.insecure': 'Соединение без шифрования: пароли и данные видны всем в этой сети.',
  'app.mailKept': 'Почта не настроена: письма хранятся в разделе «Почта».',
  'app.toasts': 'Сообщения',
  'app.skip': 'К ленте',

  'trouble.network': 'Нет связи с сервером. Ничего не потеряно: повторите, когда связь вернётся.',
  'trouble.unexpected': 'Что-то пошло не так. Повторите ещё раз.',
  'trouble.incident': 'Номер для администратора: {id}.',

  'signIn.title': 'Вход',
  'signIn.lead': 'Рабочее место диспетчера и менеджера',
  'signIn.login': 'Логин',
  'signIn.password': 'Пароль',
  'signIn.submit': 'Войти',
  'signIn.show': 'Показать пароль',
  'signIn.hide': 'Скрыть пароль',
  'signIn.missing': 'Заполните логин и пароль.',
  'signIn.wrong': 'Логин или пароль не подходят.',
  'signIn.slow':
    'Слишком много попыток. Подождите {seconds, plural, one {# секунду} few {# секунды} many {# секунд} other {# секунды}} и попробуйте снова.',
  'signIn.ended': 'Вы вышли: сеанс закончился или был завершён. Войдите снова.',
  'signIn.caps': 'Включён Caps Lock.',

  'theme.title': 'Оформление',
  'theme.system': 'Как в системе',
  'theme.light': 'Светлое',
  'theme.dark': 'Тёмное',
  'locale.title': 'Язык',
  'locale.ru': 'Русский',
  'locale.en': 'English',

  'link.online': 'в эфире',
  'link.connecting': 'подключаюсь',
  'link.catchingUp': '{count, plural, =0 {догоняю} other {догоняю #}}',
  'link.offline': '{queued, plural, =0 {нет связи} other {нет связи, # в очереди}}',
  'link.hint.online': 'Лента обновляется сама.',
  'link.hint.catchingUp': 'Связь вернулась, показываю пропущенное.',
  'link.hint.offline':
    'На экране последнее известное. Связь восстановится сама; действия дойдут, когда она вернётся.',
  'link.queued':
    '{queued, plural, one {# действие ждёт связи} few {# действия ждут связи} many {# действий ждут связи} other {# действия ждут связи}}',

  'due.pill.overdue': 'просрочен {span}',
  'due.pill.overdueSince': 'просрочен с {day}',
  'due.pill.now': 'срок наступил',
  'due.pill.until': 'до {day}',
  'due.pill.inTime': 'в срок',
  'due.pill.doneLate': 'с опозданием',

  'combobox.nothing': 'Ничего не нашлось',
  'combobox.loading': 'Ищу…',
  'combobox.failed': 'Не удалось найти: нет связи',
  'combobox.clear': 'Очистить',
} as const;
