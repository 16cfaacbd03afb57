// What a person has in their own calendar program: deadlines of their orders and of what they wrote, and their
// installations. Read when the program asks, as the person may see it then.
import { Injectable } from '@nestjs/common';
import type { Installation } from '@svodka/shared/contracts/crews';
import { and, type Filter, not, or } from '@svodka/shared/filter/ast';
import { translate } from '@svodka/shared/messages/catalogue';
import { titleIn } from '@svodka/shared/messages/machine-title';
import { dayIn } from '@svodka/shared/rules/orders/facts';
import { daysAfter } from '@svodka/shared/rules/orders/working-days';
import { isOnTeam } from '@svodka/shared/rules/permissions';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import { CrewsService } from '../crews/crews.service.ts';
import { InstallationsService } from '../crews/installations.service.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { EventsService } from '../events/events.service.ts';
import type { ProjectDoc } from '../orders/projects/project.schema.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import { ProjectsList } from '../orders/projects/projects-list.service.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { type IcalEntry, ical } from './ical.ts';

/** So many days back and ahead. */
const BACK_DAYS = 14;
const AHEAD_DAYS = 120;
const EVENTS_PAGE = 200;
const EVENTS_MOST = 600;

@Injectable()
export class CalendarFeed {
  constructor(
    private readonly projects: ProjectsService,
    private readonly projectsList: ProjectsList,
    private readonly events: EventsService,
    private readonly installations: InstallationsService,
    private readonly crews: CrewsService,
    private readonly counterparties: CounterpartiesService,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  async of(user: UserDoc): Promise<string> {
    const now = this.clock.now();
    const today = dayIn(user.tz, now);
    const period = { from: daysAfter(today, -BACK_DAYS), to: daysAfter(today, AHEAD_DAYS) };
    const [milestones, events, works] = await Promise.all([
      this.projectsList.milestonesDue(actorOf(user), { ...period, of: 'mine' }),
      this.#events(user, period),
      this.installations.within(actorOf(user), period),
    ]);
    const named = await this.projects.visible(actorOf(user), [
      ...new Set(events.flatMap(({ projectId }) => projectId ?? [])),
    ]);
    const orders = new Map([...milestones.docs, ...works.docs, ...named].map((doc) => [doc._id, doc]));
    const names = await this.#namesOf([...orders.values()]);
    const own = await this.#ownWorks(user, works.items, orders);
    const entries: IcalEntry[] = [
      ...milestones.items
        // The installation itself stands there.
        .filter(({ code }) => code !== 'install')
        .map(({ projectId, code, on }) => ({
          uid: `${projectId}.${code}@svodka`,
          summary: `${translate(user.locale, `milestone.${code}`)} ${aboutOf(orders.get(projectId), names)}`,
          description: '',
          location: '',
          url: `${this.config.baseUrl}/projects/${projectId}`,
          on,
          until: on,
        })),
      ...events.map((event) => this.#entryOf(user, event, orders, names)),
      ...own.map(({ projectId, stage, startOn, finishOn, crew }) => ({
        uid: `${projectId}.${stage}@svodka`,
        summary: `${translate(user.locale, 'milestone.install')} ${aboutOf(orders.get(projectId), names)}`,
        description: crew ?? '',
        location: orders.get(projectId)?.objectAddress ?? '',
        url: `${this.config.baseUrl}/projects/${projectId}`,
        on: startOn,
        until: finishOn,
      })),
    ];
    return ical(translate(user.locale, 'ical.name'), user.tz, entries, now);
  }

  /** Of the orders of this person, and of the crews that they are in; with the crew by its name. */
  async #ownWorks(
    { _id: id }: UserDoc,
    works: readonly Installation[],
    orders: ReadonlyMap<string, ProjectDoc>,
  ): Promise<Installation[]> {
    const own: Installation[] = [];
    for (const work of works) {
      const crew = work.crew === null ? null : await this.crews.named(work.crew);
      const order = orders.get(work.projectId);
      const isTheirs = order ? isOnTeam({ id }, order) : false;
      if (work.state !== 'done' && (isTheirs || crew?.memberIds.includes(id)))
        own.push({ ...work, crew: crew?.name ?? work.crew });
    }
    return own;
  }

  async #events(user: UserDoc, { from, to }: { from: string; to: string }): Promise<EventDoc[]> {
    const filter: Filter = and(
      or({ field: 'audience', in: [user._id] }, { field: 'author', in: [user._id] }),
      { field: 'status', in: ['open'] },
      { field: 'dueAt', from, to },
      not({ field: 'type', in: ['deadline.approaching', 'deadline.due', 'deadline.overdue'] }),
    );
    const found: EventDoc[] = [];
    for (let after: string | undefined; found.length < EVENTS_MOST; ) {
      const page = await this.events.list(actorOf(user), filter, {
        zone: user.tz,
        limit: EVENTS_PAGE,
        after,
      });
      found.push(...page.docs);
      if (page.next === null) break;
      after = page.next;
    }
    return found.slice(0, EVENTS_MOST);
  }

  #entryOf(
    { locale }: UserDoc,
    event: EventDoc,
    orders: ReadonlyMap<string, ProjectDoc>,
    names: ReadonlyMap<string, string>,
  ): IcalEntry {
    const about = event.projectId ? aboutOf(orders.get(event.projectId), names) : '';
    const base = {
      uid: `${event._id}@svodka`,
      summary: [titleIn(locale, event), about].filter(Boolean).join(' '),
      description: '',
      location: '',
      url: `${this.config.baseUrl}/events/${event._id}`,
    };
    const day = event.dueLocal?.slice(0, 10);
    return event.dueAllDay && day
      ? { ...base, on: day, until: day }
      : { ...base, at: event.dueAt ?? event.occurredAt };
  }

  async #namesOf(orders: readonly ProjectDoc[]): Promise<Map<string, string>> {
    const ids = [...new Set(orders.flatMap(({ counterpartyId }) => counterpartyId ?? []))];
    const found = await this.counterparties.live.byIds(ids);
    return new Map([...found.values()].map((doc) => [doc._id, doc.name]));
  }
}

/** «№ 318 · Северина О. С.» */
function aboutOf(order: ProjectDoc | undefined, names: ReadonlyMap<string, string>): string {
  if (!order) return '';
  return [`№ ${order.number}`, names.get(order.counterpartyId ?? '')].filter(Boolean).join(' · ');
}
