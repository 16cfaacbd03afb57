import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { type EventCreateInput, EventCreateSchema } from '@svodka/shared/contracts/event';
import { actorOf } from '../accounts/actor.ts';
import { UsersService } from '../accounts/users.service.ts';
import { ProjectsService } from '../directory/projects.service.ts';
import { EventsService } from '../events/events.service.ts';
import { USERS } from './company.ts';
import { Random } from './random.ts';

/** What the day brings: by whom, and what. */
const TODAY: [login: string, event: (random: Random) => Omit<EventCreateInput, 'projectId'>][] = [
  [
    'irina',
    (r) => ({
      type: 'payment.received',
      title: 'Платёж поступил',
      payload: { amountKop: r.int(100, 3000) * 10_000, method: 'bank' },
    }),
  ],
  [
    'sergey',
    (r) => ({
      type: 'payment.prepaid',
      title: 'Предоплата 70 %',
      importance: 'high',
      payload: { amountKop: r.int(400, 3000) * 10_000, method: 'card' },
    }),
  ],
  ['elena', () => ({ type: 'customer.preference', title: 'Особенность: звонить только после 18:00' })],
  ['pavel', () => ({ type: 'contract.signed', title: 'Договор подписан' })],
  [
    'ilya',
    (r) => ({
      type: 'measure.specifics',
      title: 'Специфика: завал откоса 8 мм',
      payload: { floor: r.int(1, 17), lift: 'cargo' },
    }),
  ],
  [
    'anna',
    (r) => ({
      type: 'call.in',
      title: 'Звонок: уточнить дату монтажа',
      payload: { durationMs: r.int(30, 600) * 1000 },
    }),
  ],
  ['maxim', () => ({ type: 'call.missed', title: 'Пропущенный звонок', importance: 'high' })],
  [
    'anna',
    (r) => ({ type: 'item.arrived', title: 'На склад поступило изделие', payload: { count: r.int(1, 4) } }),
  ],
  ['maxim', () => ({ type: 'material.shortage', title: 'Дефицит: профиль 58 мм', importance: 'critical' })],
  ['nina', () => ({ type: 'crew.assigned', title: 'Бригада назначена', payload: { crew: 'Бригада 4' } })],
];

/** Writes `perSecond` events a second, and resolves some, until `signal`. */
export async function live(
  app: INestApplicationContext,
  perSecond: number,
  signal: AbortSignal,
): Promise<number> {
  const users = app.get(UsersService);
  const events = app.get(EventsService);
  const random = new Random(Date.now());
  const { items } = await users.list({ limit: 200 });
  const people = new Map(items.map((user) => [user.login, actorOf(user)]));
  const head = people.get('nina');
  if (!head) throw new Error(`the demo company is not there: ${USERS.length} people are missing`);
  const projects = (await app.get(ProjectsService).list(head, { sort: 'new', limit: 200 })).docs;
  const open: { actor: typeof head; id: string }[] = [];
  let written = 0;
  while (!signal.aborted) {
    const [login, make] = random.pick(TODAY);
    const actor = people.get(login) ?? head;
    const event = EventCreateSchema.parse({ ...make(random), projectId: random.pick(projects)._id });
    const { _id: id, status } = (await events.create(actor, event)).event;
    if (status === 'open') open.push({ actor, id });
    written++;
    const old = open.length > 8 && random.chance(0.5) ? open.shift() : undefined;
    if (old) await events.resolve(old.actor, old.id);
    await pause(1000 / perSecond, undefined, { signal }).catch(() => {});
  }
  return written;
}
