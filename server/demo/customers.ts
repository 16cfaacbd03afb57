import type { INestApplicationContext } from '@nestjs/common';
import type { CustomerType } from '@svodka/shared/contracts/customer';
import type { Id } from '@svodka/shared/contracts/id';
import { translate } from '@svodka/shared/messages/catalogue';
import { dayIn } from '@svodka/shared/rules/orders/facts';
import { DateTime } from 'luxon';
import { actorOf } from '../accounts/actor.ts';
import { ConsentsService } from '../counterparties/consents.service.ts';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import { CustomerLetters } from '../customers/customer-letters.service.ts';
import { CustomerLinks } from '../customers/customer-links.service.ts';
import { EventIntake } from '../events/event-intake.service.ts';
import type { ProjectDoc } from '../orders/projects/project.schema.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import type { DemoClock } from './clock.ts';
import type { People } from './company.ts';
import { ZONE } from './days.ts';

/** What this company tells its customers of; whatever else there is, is chosen by order. */
export const TOLD: CustomerType[] = [
  'measure.scheduled',
  'contract.signed',
  'payment.prepaid',
  'production.launched',
  'items.complete',
  'install.confirmed',
  'work.rescheduled',
  'install.done',
];
/** Somebody has looked at these long ago; the first letter of each of the others waits for a person. */
const RELEASED = TOLD.slice(0, 4);
/** Of those who have agreed: every so many orders of the season have a page that somebody was given. */
const EVERY = 3;
const PAGES = 14;
const AGREED = ['пункт 5.2 договора', 'по телефону при записи на замер', 'на замере, устно'];
const QUESTIONS = [
  'Когда приедут монтажники? Нужно отпроситься с работы.',
  'Можно ли заменить ручки на бронзовые, пока окна не собрали?',
];

/** Agreed with customers: whoever left an address has agreed to letters, but for one who has had enough of them. */
export async function agree(
  app: INestApplicationContext,
  clock: DemoClock,
  people: People,
  parties: readonly Id[],
): Promise<void> {
  const consents = app.get(ConsentsService);
  const elena = actorOf(people.get('elena') as NonNullable<ReturnType<People['get']>>);
  const cards = await app.get(CounterpartiesService).byIds(parties);
  const agreed = parties.flatMap((id) => {
    const email = cards.find(({ _id, kind }) => _id === id && kind === 'person')?.emails[0];
    const isNew = cards.some((card) => card._id === id && !card.consents?.length);
    return email && isNew ? [{ id, email }] : [];
  });
  for (const [i, { id, email }] of agreed.entries()) {
    const text = AGREED[i % AGREED.length] ?? '';
    await consents.consent(elena, id, { channel: 'mail', email, locale: 'ru', text });
  }
  if (agreed.length === 0) return;
  const last = agreed.at(-1);
  if (last) await consents.withdraw(null, last.id);
  await app.get(CustomerLetters).release(RELEASED);
  clock.setTo(null);
}

/** Pages of the orders at hand: some were opened, and from two of them somebody asks. @returns the path of one */
export async function showOrders(
  app: INestApplicationContext,
  clock: DemoClock,
  people: People,
  ids: readonly Id[],
): Promise<string | null> {
  const now = DateTime.fromJSDate(clock.now(), { zone: ZONE });
  const nina = people.get('nina')?._id ?? null;
  const season = (await app.get(ProjectsService).byIds(ids.slice(-EVERY * PAGES))).filter(
    ({ told }) => told && told.length > 0,
  );
  let path: string | null = null;
  for (const [i, order] of season.filter((_, n) => n % EVERY === 0).entries()) {
    const { _id: projectId, counterpartyId } = order;
    if ((await app.get(CustomerLinks).of(projectId)).length > 0) continue;
    clock.setTo(now.minus({ days: 2 + (i % 3), hours: i }).toJSDate());
    const { link, token } = await app
      .get(CustomerLinks)
      .make({ projectId, counterpartyId, madeBy: order.managerId ?? nina });
    path ??= `/s/${token}`;
    if (i % 2 === 1) continue;
    const at = now.minus({ days: i % 3, minutes: 40 + 7 * i });
    clock.setTo(at.toJSDate());
    await app.get(CustomerLinks).opened(link._id, dayIn(order.tz, at.toJSDate()));
    await said(app, order, 'link.opened', at, translate('ru', 'customer.event.opened'));
    const question = QUESTIONS[i / 2];
    if (question)
      await said(
        app,
        order,
        'customer.request',
        at.plus({ minutes: 3 }),
        translate('ru', 'said.title.question', { text: question }),
      );
  }
  clock.setTo(null);
  return path;
}

function said(
  app: INestApplicationContext,
  { _id: projectId }: ProjectDoc,
  type: 'link.opened' | 'customer.request',
  at: DateTime,
  title: string,
): Promise<boolean> {
  return app.get(EventIntake).tell({
    type,
    title,
    importance: type === 'link.opened' ? 'info' : 'high',
    occurredAt: at.toJSDate(),
    projectId,
    author: { userId: null, name: translate('ru', 'said.by.customer') },
    payload: {},
    externalId: `${type === 'link.opened' ? 'opened' : 'question'}:demo:${projectId}`,
  });
}
