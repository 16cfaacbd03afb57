// The demo's crews, and what they do in the weeks about today: some of it begun, some late, a holiday in the way.
import type { INestApplicationContext } from '@nestjs/common';
import type { CrewCreate } from '@svodka/shared/contracts/crews';
import type { EventCreateInput } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { addWorkingDays, workingDayFrom } from '@svodka/shared/rules/orders/working-days';
import type { Actor } from '@svodka/shared/rules/permissions';
import { DateTime } from 'luxon';
import { CrewsService } from '../crews/crews.service.ts';
import type { Random } from './random.ts';

type DemoCrew = { id: Id; name: string };

const day = (now: DateTime, days: number): string => now.plus({ days }).toISODate() ?? '';

const CREWS = (now: DateTime): (Pick<CrewCreate, 'name' | 'color'> & Partial<CrewCreate>)[] => [
  { name: 'Бригада 1', color: 'green', memberNames: ['Степан Рогов', 'Глеб Ильин'], capacity: 2 },
  { name: 'Бригада 2', color: 'blue', memberNames: ['Виктор Панов', 'Руслан Гареев'], capacity: 2 },
  {
    name: 'Бригада 3',
    color: 'amber',
    memberNames: ['Фёдор Котов', 'Артём Лис', 'Олег Дроздов'],
    workDays: [1, 2, 3, 4, 5, 6],
  },
  {
    name: 'Бригада 4',
    color: 'pink',
    memberNames: ['Юрий Соболь', 'Павел Ким'],
    absences: [{ from: day(now, 5), to: day(now, 11), note: 'отпуск' }],
  },
  { name: 'Бригада 5', color: 'indigo', memberNames: ['Никита Жуков', 'Игорь Белов'] },
  {
    name: 'Фасадная бригада',
    color: 'cyan',
    memberNames: ['Тарас Мельник', 'Денис Орехов', 'Лев Гущин', 'Иван Сомов'],
  },
];

/** The crews of the demo company, made where they are missing. */
export async function formCrews(
  app: INestApplicationContext,
  head: Actor,
  now: DateTime,
): Promise<DemoCrew[]> {
  const service = app.get(CrewsService);
  const made: DemoCrew[] = [];
  for (const crew of CREWS(now)) {
    const known = await service.named(crew.name);
    const { _id, name } =
      known ??
      (await service.create(head, {
        memberIds: [],
        memberNames: [],
        workDays: [1, 2, 3, 4, 5],
        capacity: 1,
        absences: [],
        isActive: true,
        ...crew,
      }));
    made.push({ id: _id, name });
  }
  return made;
}

type Order = { projectId: Id; counterpartyId: Id };
type Planned = Pick<
  EventCreateInput,
  'type' | 'title' | 'payload' | 'occurredAt' | 'projectId' | 'counterpartyIds'
>;

const plain = (on: string): string => `${on.slice(8)}.${on.slice(5, 7)}`;

/**
 * The events by which an installation is planned with a crew: from four working days before to twelve after today,
 * one in six moved once already, most of them promised to the customer.
 * @param wanted how far it is: when it is to be at the earliest
 */
export function planWork(
  { projectId, counterpartyId }: Order,
  crew: DemoCrew,
  { now, wanted, random }: { now: DateTime; wanted: DateTime; random: Random },
): Planned[] {
  const earliest = DateTime.max(wanted, now.minus({ days: 6 }));
  const first = addWorkingDays(workingDayFrom(earliest.toISODate() ?? ''), random.int(0, 9));
  const length = random.chance(0.2) ? 1 : 0;
  const events: Planned[] = [];
  const add = (type: Planned['type'], title: string, hoursAgo: number, payload: Planned['payload']) =>
    events.push({
      type,
      title,
      payload,
      projectId,
      counterpartyIds: [counterpartyId],
      occurredAt: now.minus({ hours: hoursAgo }).toUTC().toISO() ?? '',
    });
  const hours = random.int(30, 120);
  const on = (startOn: string) => ({
    crew: crew.id,
    startOn,
    ...(length > 0 && { finishOn: addWorkingDays(startOn, length) }),
  });
  add('crew.assigned', `${crew.name} назначена на ${plain(first)}`, hours, on(first));
  if (random.chance(0.7))
    add('install.confirmed', `Монтаж согласован с заказчиком на ${plain(first)}`, hours - 3, {
      startOn: first,
    });
  if (!random.chance(0.16)) return events;
  const moved = addWorkingDays(first, random.int(1, 3));
  const reason = random.pick(['Просьба заказчика', 'Изделия не готовы', 'Погода', 'Бригада занята']);
  add('work.rescheduled', `Монтаж перенесён с ${plain(first)} на ${plain(moved)}, ${crew.name}`, hours - 8, {
    ...on(moved),
    reason,
  });
  return events;
}
