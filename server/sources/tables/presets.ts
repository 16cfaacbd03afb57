import type { TableMapping, TableTarget } from '@svodka/shared/contracts/tables';
import { fold } from '@svodka/shared/filter/terms';

/** How columns are called, whole names only; the first of a preset are those by which it is known. */
type Preset = {
  code: string;
  kind: TableMapping['kind'];
  key: readonly string[];
  requires: readonly string[];
  names: Partial<Record<TableTarget, readonly string[]>>;
};

/** LISTPRJ and CLIENTS: the tables of ПрофСтрой 4. The others: as offices head such tables. */
const PRESETS: readonly Preset[] = [
  {
    code: 'listprj',
    kind: 'orders',
    key: ['ZNUMB'],
    requires: ['ZNUMB', 'MSUMM'],
    names: {
      reserved: ['PRESE'],
      paid: ['MSUMM'],
      launched: ['PWORK'],
      launchedOn: ['WDATE'],
      plannedOn: ['EWORK'],
      status: ['PSTAT'],
      registeredOn: ['PDATE'],
      counterparty: ['KNAME'],
      address: ['POBJA'],
      amount: ['PPRCD'],
      manager: ['MNAME'],
      note: ['PPRIM'],
      confidentialNote: ['KPRIM'],
    },
  },
  {
    code: 'clients',
    kind: 'counterparties',
    key: ['KNUMB', 'CNUMB', 'CODE', 'ID', 'Код', 'Номер', '№'],
    requires: [],
    names: {
      name: [
        'KNAME',
        'CNAME',
        'NAME',
        'Наименование',
        'Название',
        'Контрагент',
        'Клиент',
        'Заказчик',
        'ФИО',
        'Имя',
      ],
      inn: ['KINN', 'CINN', 'INN', 'ИНН'],
      kpp: ['KKPP', 'KPP', 'КПП'],
      phone: ['KTEL', 'KPHON', 'PHONE', 'TEL', 'Телефон'],
      email: ['KMAIL', 'EMAIL', 'E-MAIL', 'Почта', 'Эл. почта'],
      contact: ['KCONT', 'CONTACT', 'Контактное лицо', 'Контакт'],
      manager: ['MNAME', 'MANAGER', 'Менеджер'],
      note: ['KNOTE', 'NOTE', 'Примечание', 'Комментарий'],
    },
  },
  {
    code: 'orders',
    kind: 'orders',
    key: ['Номер заказа', 'Заказ', '№ заказа', 'Номер', '№'],
    requires: [],
    names: {
      reserved: ['Зарезервировано', 'Резерв', 'Дата резерва'],
      paid: ['Оплачено', 'Оплата', 'Сумма оплат'],
      launched: ['В производстве', 'Запущено', 'Запуск'],
      launchedOn: ['Дата запуска'],
      plannedOn: ['Плановая дата', 'План', 'Срок изготовления', 'Дата готовности'],
      installOn: ['Монтаж', 'Дата монтажа', 'День монтажа'],
      phone: ['Телефон', 'Телефон заказчика', 'Телефон клиента'],
      status: ['Статус', 'Состояние'],
      registeredOn: ['Дата заказа', 'Дата', 'Дата регистрации'],
      counterparty: ['Контрагент', 'Заказчик', 'Клиент'],
      address: ['Адрес', 'Адрес объекта', 'Объект'],
      amount: ['Сумма', 'Сумма договора', 'Стоимость'],
      manager: ['Менеджер'],
      note: ['Примечание', 'Комментарий'],
    },
  },
];

const same = (name: string) => fold(name).trim();

/** How the columns of a file may be meant: by the preset that knows most of them. */
export function guessMapping(
  columns: readonly string[],
  zone: string,
): { mapping: TableMapping; preset: string | null } {
  const byName = new Map(columns.map((column) => [same(column), column]));
  const find = (names: readonly string[], taken: Set<string>) =>
    names.map((name) => byName.get(same(name))).find((column) => column && !taken.has(column));
  const guesses = PRESETS.map((preset) => {
    const taken = new Set<string>();
    const key = find(preset.key, taken);
    if (key) taken.add(key);
    const found: Record<string, TableTarget> = {};
    for (const [target, names] of Object.entries(preset.names) as [TableTarget, string[]][]) {
      const column = find(names, taken);
      if (!column) continue;
      taken.add(column);
      found[column] = target;
    }
    const isKnown = preset.requires.length > 0 && preset.requires.every((name) => byName.has(same(name)));
    return { preset, key, found, score: (isKnown ? 100 : 0) + Object.keys(found).length + (key ? 1 : 0) };
  });
  const best = guesses.reduce((a, b) => (b.score > a.score ? b : a));
  return {
    preset: best.key && best.score > 2 ? best.preset.code : null,
    mapping: {
      kind: best.preset.kind,
      key: best.key ?? columns[0] ?? '',
      columns: Object.fromEntries(
        Object.entries(best.found).filter(([column]) => column !== (best.key ?? columns[0])),
      ),
      zone,
      statuses: {},
    },
  };
}
