import type { CounterpartyCreate } from '@svodka/shared/contracts/counterparty';
import { isInn } from '@svodka/shared/contracts/requisites';
import type { Role } from '@svodka/shared/contracts/user';
import type { UserDoc } from '../accounts/user.schema.ts';
import type { Random } from './random.ts';

export type DemoUser = { login: string; name: string; roles: Role[]; departmentId: string; tz: string };

const MOSCOW = 'Europe/Moscow';

/** Those who work here, by login. */
export type People = Map<string, UserDoc>;

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

const DUPLICATES = 3;
const PERSONS = 40;

const lastDigit = (body: string): string =>
  [...'0123456789'].map((digit) => body + digit).find(isInn) ?? body;

/**
 * 40 persons, 12 companies, 8 dealers. Three of them stand there twice: the same phone under another spelling, a firm
 * under another form with its INN, a name that is heard alike.
 */
export function counterparties(random: Random): CounterpartyCreate[] {
  const phone = () => `+7916${random.int(1_000_000, 9_999_999)}`;
  const of = (
    kind: 'person' | 'org',
    name: string,
    category: 'customer' | 'dealer',
    i: number,
  ): CounterpartyCreate => ({
    kind,
    name,
    categories: [category],
    inn: kind === 'org' ? lastDigit(String(770_000_000 + i * 104_729)) : null,
    kpp: kind === 'org' && !name.startsWith('ИП') ? `77${random.int(10, 99)}01001` : null,
    ogrn: null,
    phones: [phone()],
    emails: random.chance(0.7) ? [`customer${i}@demo.invalid`] : [],
    contacts:
      kind === 'org'
        ? [
            { name: personName(random), role: 'прораб', phones: [phone()], emails: [] },
            { name: personName(random), role: 'бухгалтер', phones: [], emails: [`buh${i}@demo.invalid`] },
          ]
        : [],
    managerId: null,
    note: '',
  });
  const persons = Array.from({ length: PERSONS - DUPLICATES + 1 }, (_, i) => {
    const surname = SURNAMES[i % SURNAMES.length] as readonly [string, string];
    const isFirst = i < SURNAMES.length;
    return of('person', `${surname[isFirst ? 1 : 0]} ${INITIALS[(i * 7) % INITIALS.length]}`, 'customer', i);
  });
  const companies = COMPANIES.slice(0, -1).map((name, i) => of('org', name, 'customer', PERSONS + i));
  const dealers = DEALERS.map((name, i) => of('org', name, 'dealer', PERSONS + 20 + i));
  const [one, two] = [persons[4], persons[11]];
  const firm = companies[0];
  if (!one || !two || !firm) throw new Error('the company has fewer customers than it is to have');
  const twins: CounterpartyCreate[] = [
    {
      ...of('person', `${one.name.split(' ')[0]} ${one.name.split(' ')[1]?.charAt(0)}.`, 'customer', 90),
      phones: one.phones,
    },
    {
      ...of('person', two.name.replace('а ', 'а, '), 'customer', 91),
      note: 'Записан второй раз со слов прораба.',
    },
    { ...of('org', 'Гранит Строй, ООО', 'customer', 92), inn: firm.inn },
  ];
  return [...persons, ...companies, ...dealers, ...twins];
}

const GIVEN = ['Игорь', 'Марина', 'Олег', 'Светлана', 'Антон', 'Юлия', 'Роман', 'Галина'];
const personName = (random: Random): string =>
  `${random.pick(GIVEN)} ${random.pick(['Петренко', 'Сидоренко', 'Ким', 'Бондарь', 'Шевчук', 'Черных'])}`;

export function address(random: Random): string {
  const flat = random.chance(0.7) ? `, кв. ${random.int(1, 180)}` : '';
  return `ул. ${random.pick(STREETS)}, ${random.int(1, 90)}${flat}`;
}
