import type { CounterpartyCreate } from '@svodka/shared/contracts/counterparty';
import type { Role } from '@svodka/shared/contracts/user';
import type { Random } from './random.ts';

export type DemoUser = { login: string; name: string; roles: Role[]; departmentId: string; tz: string };

const MOSCOW = 'Europe/Moscow';

/** Fourteen people of a window company; one dispatcher sits two hours ahead. */
export const USERS: DemoUser[] = [
  { login: 'anna', name: 'Анна Королёва', roles: ['dispatcher'], departmentId: 'Диспетчерская', tz: MOSCOW },
  { login: 'maxim', name: 'Максим Орлов', roles: ['dispatcher'], departmentId: 'Диспетчерская', tz: MOSCOW },
  {
    login: 'rustam',
    name: 'Рустам Ахметов',
    roles: ['dispatcher'],
    departmentId: 'Диспетчерская',
    tz: 'Asia/Yekaterinburg',
  },
  { login: 'vera', name: 'Вера Соколова', roles: ['manager'], departmentId: 'Проекты', tz: MOSCOW },
  { login: 'denis', name: 'Денис Лебедев', roles: ['manager'], departmentId: 'Проекты', tz: MOSCOW },
  { login: 'olga', name: 'Ольга Крылова', roles: ['manager'], departmentId: 'Проекты', tz: MOSCOW },
  { login: 'timur', name: 'Тимур Садыков', roles: ['manager'], departmentId: 'Проекты', tz: MOSCOW },
  { login: 'irina', name: 'Ирина Белова', roles: ['finance'], departmentId: 'Финансы', tz: MOSCOW },
  { login: 'sergey', name: 'Сергей Панин', roles: ['finance'], departmentId: 'Финансы', tz: MOSCOW },
  { login: 'elena', name: 'Елена Громова', roles: ['orders'], departmentId: 'Отдел заказов', tz: MOSCOW },
  { login: 'pavel', name: 'Павел Юдин', roles: ['orders'], departmentId: 'Отдел заказов', tz: MOSCOW },
  { login: 'ilya', name: 'Илья Лавров', roles: ['measurer'], departmentId: 'Замеры', tz: MOSCOW },
  { login: 'kirill', name: 'Кирилл Ежов', roles: ['measurer'], departmentId: 'Замеры', tz: MOSCOW },
  {
    login: 'nina',
    name: 'Нина Фролова',
    roles: ['dispatcher', 'orders'],
    departmentId: 'Отдел заказов',
    tz: MOSCOW,
  },
];

const SURNAMES = [
  ['Лаврентьев', 'Лаврентьева'],
  ['Северин', 'Северина'],
  ['Голубев', 'Голубева'],
  ['Тихонов', 'Тихонова'],
  ['Маркин', 'Маркина'],
  ['Дорофеев', 'Дорофеева'],
  ['Ершов', 'Ершова'],
  ['Жданов', 'Жданова'],
  ['Климов', 'Климова'],
  ['Рябинин', 'Рябинина'],
  ['Устинов', 'Устинова'],
  ['Чернов', 'Чернова'],
  ['Щеглов', 'Щеглова'],
  ['Якушев', 'Якушева'],
  ['Бирюков', 'Бирюкова'],
  ['Назаров', 'Назарова'],
  ['Вишняков', 'Вишнякова'],
  ['Зимин', 'Зимина'],
  ['Кольцов', 'Кольцова'],
  ['Логинов', 'Логинова'],
] as const;
const INITIALS = ['А. В.', 'М. П.', 'О. С.', 'Е. Н.', 'И. А.', 'Н. Ю.', 'С. Г.', 'Т. Д.', 'В. К.', 'Л. М.'];
const COMPANIES = [
  'ООО «Гранит-Строй»',
  'ООО «Северный дом»',
  'АО «Квартал»',
  'ООО «Лесная поляна»',
  'ЖСК «Рассвет»',
  'ООО «Архитон»',
  'ООО «Новый фасад»',
  'ГК «Парковый»',
  'ООО «МеталлКонструкция»',
  'ТСЖ «Центральное»',
  'ООО «Тёплый контур»',
  'ИП Малышев Р. О.',
];
const DEALERS = [
  'Дилер «Окна-Юг»',
  'Дилер «СветОкно»',
  'Дилер «Комфорт Плюс»',
  'Дилер «Евростиль»',
  'Дилер «Окна Урала»',
  'Дилер «Простор»',
  'Дилер «Ваш балкон»',
  'Дилер «Панорама»',
];
const STREETS = [
  'Лесная',
  'Садовая',
  'Мира',
  'Заречная',
  'Победы',
  'Гагарина',
  'Полевая',
  'Строителей',
  'Южная',
  'Речная',
];

/** 40 persons, 12 companies, 8 dealers. */
export function counterparties(random: Random): CounterpartyCreate[] {
  const of = (
    kind: 'person' | 'org',
    name: string,
    category: 'customer' | 'dealer',
    i: number,
  ): CounterpartyCreate => ({
    kind,
    name,
    categories: [category],
    inn: null,
    kpp: null,
    ogrn: null,
    contacts: [],
    phones: [`+7916${String(random.int(0, 9_999_999)).padStart(7, '0')}`],
    emails: [`customer${i}@demo.invalid`],
    managerId: null,
    note: '',
  });
  const persons = Array.from({ length: 40 }, (_, i) => {
    const surname = SURNAMES[i % SURNAMES.length] as readonly [string, string];
    return of(
      'person',
      `${surname[i % 3 === 0 ? 0 : 1]} ${INITIALS[(i * 7) % INITIALS.length]}`,
      'customer',
      i,
    );
  });
  return [
    ...persons,
    ...COMPANIES.map((name, i) => of('org', name, 'customer', 40 + i)),
    ...DEALERS.map((name, i) => of('org', name, 'dealer', 60 + i)),
  ];
}

export function address(random: Random): string {
  const flat = random.chance(0.7) ? `, кв. ${random.int(1, 180)}` : '';
  return `ул. ${random.pick(STREETS)}, ${random.int(1, 90)}${flat}`;
}
