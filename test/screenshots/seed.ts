// A small company for the pictures, written over REST as any script would.
import type { Comment } from '@svodka/shared/contracts/comment';
import type { Counterparty, CounterpartyCreate } from '@svodka/shared/contracts/counterparty';
import type { Crew, CrewCreate } from '@svodka/shared/contracts/crews';
import type { Project } from '@svodka/shared/contracts/directory';
import type { EventCreateInput, SvodkaEvent } from '@svodka/shared/contracts/event';
import type { UserCreate } from '@svodka/shared/contracts/new-user';
import type { User } from '@svodka/shared/contracts/user';
import { Client } from '../support/client.ts';

export const PASSWORD = 'pictures-of-a-desk-9';

const MINUTE = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE).toISOString();
const dueIn = (minutes: number) => ({ at: new Date(Date.now() + minutes * MINUTE).toISOString() });
const dueDay = (days: number) => ({
  local: new Date(Date.now() + days * 1440 * MINUTE).toISOString().slice(0, 10),
});

const inThreeDays = new Intl.DateTimeFormat('ru', { day: 'numeric', month: 'long' }).format(
  Date.now() + 3 * 1440 * MINUTE,
);

type CrewCreateInput = Partial<CrewCreate> & Pick<CrewCreate, 'name'>;
type Told = EventCreateInput & { by?: string; resolve?: boolean; says?: [string, string][] };

/** Fills an empty installation; gives the people by login. */
export async function seed(url: string, admin: { login: string; password: string }) {
  const chief = await new Client(url).signIn(admin.login, admin.password);
  const people: Record<string, User> = {};
  const scripts: Record<string, Client> = { [admin.login]: chief };
  const users: [string, string, UserCreate['roles']][] = [
    ['anna', 'Анна Ковалёва', ['dispatcher']],
    ['maxim', 'Максим Орлов', ['manager']],
    ['ilya', 'Илья Лебедев', ['measurer']],
    ['vera', 'Вера Синицына', ['finance']],
    ['egor', 'Егор Тихонов', ['dispatcher']],
  ];
  for (const [login, name, roles] of users) {
    const { user } = await chief.post<{ user: User }>('/api/users', {
      login,
      name,
      roles,
      email: `${login}@okna.invalid`,
      password: PASSWORD,
    });
    people[login] = user;
    scripts[login] = await new Client(url).signIn(login, PASSWORD);
  }

  const counterparty = (name: string, extra: Partial<CounterpartyCreate> = {}) =>
    chief.post<Counterparty>('/api/counterparties', {
      name,
      managerId: people.maxim?.id ?? null,
      ...extra,
    });
  const severina = await counterparty('Северина О.', { phones: ['+79031112233'] });
  const granit = await counterparty('ООО «Гранит-Строй»', { kind: 'org', inn: '7707083893' });
  const lavrentieva = await counterparty('Лаврентьева М. П.', { phones: ['+79160004567'] });
  const dealer = await counterparty('Дилер «Окна-Юг»', { kind: 'org', categories: ['dealer'] });
  const petrov = await counterparty('Петров А. В.');
  const project = (number: string, owner: Counterparty | null, objectAddress: string, amountKop: number) =>
    chief.post<Project>('/api/projects', {
      number,
      counterpartyId: owner?.id ?? null,
      objectAddress,
      amountKop,
      managerId: people.maxim?.id ?? null,
      appointedIds: [people.ilya?.id, people.vera?.id].filter(Boolean),
    });
  const p318 = await project('318', severina, 'ул. Садовая, 8, кв. 14', 41_250_000);
  const p322 = await project('322', lavrentieva, 'пр. Мира, 41, кв. 63', 26_330_000);
  const p309 = await project('309', petrov, 'ул. Лесная, 3', 18_900_000);
  const p305 = await project('305', dealer, 'склад дилера, Ростов', 96_400_000);
  const p298 = await project('298', petrov, 'ул. Лесная, 14', 22_000_000);
  const p281 = await project('281', severina, 'ул. Зелёная, 5', 9_600_000);

  const told: Told[] = [
    {
      type: 'payment.final',
      title: 'Окончательная оплата — 96 000 ₽',
      importance: 'normal',
      occurredAt: ago(1480),
      projectId: p281.id,
      payload: { amountKop: 9_600_000, method: 'card', docNo: '1177' },
      by: 'vera',
      resolve: true,
    },
    {
      type: 'install.done',
      title: 'Монтаж выполнен, акт подписан',
      occurredAt: ago(1410),
      projectId: p281.id,
      due: dueIn(60 * 30),
      resolve: true,
      by: 'egor',
    },
    {
      type: 'note.free',
      title: 'Отгрузка № 298 через 2 рабочих дня: проверить комплект',
      body: 'стекло и фурнитура приходят разными машинами',
      occurredAt: ago(1500),
      projectId: p298.id,
      due: dueDay(2),
    },
    {
      type: 'call.missed',
      title: 'Пропущенный звонок +7 916 000-45-67',
      body: 'новый номер',
      importance: 'high',
      occurredAt: ago(100),
      payload: { from: '+79160004567' },
      due: dueIn(15),
      by: 'egor',
    },
    {
      type: 'customer.preference',
      title: 'Особенность: звонить только после 18:00',
      occurredAt: ago(92),
      counterpartyIds: [severina.id],
      by: 'anna',
    },
    {
      type: 'crew.assigned',
      title: `Бригада 4 назначена на ${inThreeDays}`,
      occurredAt: ago(80),
      projectId: p298.id,
      payload: { crew: 'Бригада 4' },
      due: dueIn(300),
      by: 'egor',
    },
    {
      type: 'production.launched',
      title: 'Запуск в производство',
      occurredAt: ago(64),
      projectId: p305.id,
      says: [['maxim', 'Профиль на складе, можно резать.']],
      by: 'egor',
    },
    {
      type: 'item.arrived',
      title: 'На склад поступило 2 изделия',
      occurredAt: ago(54),
      projectId: p318.id,
      payload: { ready: 6, total: 10 },
      due: dueDay(12),
      by: 'egor',
    },
    {
      type: 'measure.sheet',
      title: 'Замерный лист: 4 проёма, панель П-44',
      body: 'завал откоса 8 мм, грузовой лифт, 7 этаж',
      occurredAt: ago(44),
      projectId: p322.id,
      by: 'ilya',
      payload: {
        floor: 7,
        lift: 'cargo',
        access: 'двор через арку, высота 3,1 м',
        openings: [
          {
            no: 1,
            room: 'Кухня',
            widthMm: [1470, 1468],
            heightMm: [1410, 1412],
            quarter: true,
            sillDepthMm: 350,
          },
          {
            no: 2,
            room: 'Спальня',
            widthMm: [1320, 1320],
            heightMm: [1410, 1410],
            quarter: true,
            sillDepthMm: 350,
          },
          { no: 3, room: 'Гостиная', widthMm: [2070, 2072], heightMm: [1410, 1410], sillDepthMm: 400 },
          { no: 4, room: 'Балкон', widthMm: [700, 700], heightMm: [2150, 2154], note: 'дверь' },
        ],
      },
      says: [
        ['anna', '@Илья Лебедев по кухне ширина 1470 и 1468 — берём меньшую?'],
        ['ilya', 'Да, 1468. На фото видно завал слева, заложил добор 20 мм.'],
        ['maxim', 'Принял, резервирую профиль.'],
      ],
    },
    {
      type: 'material.partial',
      title: 'Материалы зарезервированы частично',
      body: 'нет профиля 58 мм, 12 м',
      importance: 'high',
      occurredAt: ago(37),
      projectId: p309.id,
      due: dueIn(200),
      by: 'egor',
    },
    {
      type: 'payment.prepaid',
      title: 'Предоплата 70 % — 184 300 ₽',
      importance: 'high',
      occurredAt: ago(31),
      projectId: p322.id,
      by: 'vera',
      payload: { amountKop: 18_430_000, method: 'bank', docNo: '1182', percentOfContract: 70 },
      says: [['maxim', 'Вижу оплату, запускаю резерв.']],
    },
    {
      type: 'call.promise',
      title: 'Спор о сроке монтажа, обещали перезвонить',
      importance: 'critical',
      occurredAt: ago(120),
      counterpartyIds: [granit.id],
      payload: { durationMs: 214_000, promise: 'перезвонить' },
      due: dueIn(-40),
      by: 'anna',
      says: [
        ['egor', 'Звонил директор, просит дату.'],
        ['anna', 'Беру на себя.'],
      ],
    },
    {
      type: 'install.failed',
      title: 'Монтаж под угрозой: изделия не готовы',
      importance: 'critical',
      occurredAt: ago(42),
      projectId: p318.id,
      body: '6 из 10 на складе',
      due: dueIn(860),
      by: 'anna',
      says: [['maxim', 'Склад обещает к утру.']],
    },
  ];
  for (const { by = 'anna', resolve, says = [], ...event } of told) {
    const { event: made } = await (scripts[by] ?? chief).post<{ event: SvodkaEvent }>('/api/events', event);
    if (resolve) await chief.post(`/api/events/${made.id}/resolve`);
    for (const [login, body] of says) {
      const mentionIds = Object.values(people)
        .filter(({ name }) => body.includes(`@${name}`))
        .map(({ id }) => id);
      await (scripts[login] ?? chief).post<Comment>(`/api/events/${made.id}/comments`, { body, mentionIds });
    }
  }
  const earlier: [EventCreateInput['type'], string, string][] = [
    ['order.registered', 'Заказ зарегистрирован', p322.id],
    ['order.calculated', 'Заказ рассчитан: 8 изделий, 14 м²', p322.id],
    ['contract.signed', 'Договор подписан', p318.id],
    ['measure.done', 'Замер выполнен', p309.id],
    ['material.reserved', 'Материалы зарезервированы', p305.id],
    ['waybill.included', 'Включён в накладную 2214', p305.id],
    ['quote.sent', 'КП отправлено на почту', p298.id],
    ['call.in', 'Входящий звонок: уточняли дату замера', p309.id],
  ];
  for (let i = 0; i < 72; i++) {
    const [type, title, projectId] = earlier[i % earlier.length] as (typeof earlier)[number];
    await (i % 3 ? (scripts.egor as Client) : (scripts.anna as Client)).post('/api/events', {
      type,
      title,
      projectId,
      occurredAt: ago(1600 + i * 171),
    });
  }
  const crew = (create: CrewCreateInput) => chief.post<Crew>('/api/crews', create);
  const crews = [
    await crew({ name: 'Бригада 1', color: 'green', memberNames: ['Степан Рогов', 'Глеб Ильин'] }),
    await crew({
      name: 'Бригада 2',
      color: 'amber',
      memberNames: ['Виктор Панов'],
      absences: [{ from: dueDay(2).local, to: dueDay(5).local, note: 'отпуск' }],
    }),
  ];
  const planned: [Project, number, number][] = [
    [p318, 0, 0],
    [p322, 0, 0],
    [p309, 1, 3],
    [p305, 0, 4],
    [p298, 1, 7],
  ];
  for (const [order, who, days] of planned)
    await chief.post('/api/events', {
      type: 'crew.assigned',
      title: 'Бригада назначена',
      projectId: order.id,
      payload: { crew: crews[who]?.id, startOn: dueDay(days).local },
      occurredAt: ago(4000),
    });
  return { people, scripts };
}
