// The demo's crews, a holiday in the way of one of them. What they do is told with the orders.
import type { INestApplicationContext } from '@nestjs/common';
import type { CrewCreate } from '@svodka/shared/contracts/crews';
import type { Id } from '@svodka/shared/contracts/id';
import type { Actor } from '@svodka/shared/rules/permissions';
import type { DateTime } from 'luxon';
import { CrewsService } from '../crews/crews.service.ts';

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
