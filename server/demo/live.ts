import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { type EventCreateInput, EventCreateSchema } from '@svodka/shared/contracts/event';
import type { MilestoneCode } from '@svodka/shared/contracts/order-codes';
import type { ResolvedFilter } from '@svodka/shared/filter/ast';
import { chainOf } from '@svodka/shared/rules/orders/chain';
import type { Actor } from '@svodka/shared/rules/permissions';
import { OPEN } from '@svodka/shared/rules/status';
import { actorOf } from '../accounts/actor.ts';
import { UsersService } from '../accounts/users.service.ts';
import { EventCreation } from '../events/event-creation.service.ts';
import { EventsService } from '../events/events.service.ts';
import type { ListedProject } from '../orders/projects/project.schema.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import { ProjectsList } from '../orders/projects/projects-list.service.ts';
import { USERS } from './company.ts';
import { ZONE } from './days.ts';
import { Random } from './random.ts';
import { roubles } from './story.ts';
import { CALLS, COMPLAINTS, DELAYS, MATERIALS, PREFERENCES } from './words.ts';

type Step = [login: string, event: EventCreateInput];
/** What is known of an order when it is to go one step further. */
type Standing = { project: ListedProject; paidKop: number; debtKop: number; items: number };

const PREPAID = 0.7;

/** What brings an order to a milestone. */
const STEPS: Record<MilestoneCode, (order: Standing, random: Random) => Step> = {
  measure: () => ['ilya', { type: 'measure.done', title: 'Замер выполнен' }],
  contract: ({ project: { amountKop, number } }) => [
    'pavel',
    {
      type: 'contract.signed',
      title: `Договор на ${roubles(amountKop ?? 0)} подписан`,
      payload: { ...(amountKop && { amountKop }), docNo: `Д-${number}` },
    },
  ],
  prepay: ({ project: { amountKop }, paidKop }) => {
    const sum = Math.max(100, Math.round(((amountKop ?? 0) * PREPAID) / 100) * 100 - paidKop);
    return [
      'irina',
      {
        type: 'payment.prepaid',
        title: `Предоплата — ${roubles(sum)}`,
        payload: { amountKop: sum, method: 'bank' },
      },
    ];
  },
  reserve: () => ['maxim', { type: 'material.reserved', title: 'Материалы зарезервированы' }],
  launch: () => ['maxim', { type: 'production.launched', title: 'Запуск в производство' }],
  ready: ({ items }) => [
    'maxim',
    {
      type: 'items.complete',
      title: `Заказ укомплектован: ${items} из ${items}`,
      payload: { ready: items, total: items },
    },
  ],
  ship: () => ['anna', { type: 'shipment.out', title: 'Отгружено на объект' }],
  install: () => ['nina', { type: 'install.done', title: 'Монтаж выполнен' }],
  act: () => ['nina', { type: 'act.signed', title: 'Акт подписан' }],
  payment: ({ debtKop }) => [
    'sergey',
    {
      type: 'payment.final',
      title: `Окончательная оплата — ${roubles(debtKop)}`,
      payload: { amountKop: Math.max(100, debtKop), method: 'card' },
    },
  ],
};

/** What accompanies an order without moving it. */
const ASIDES: ((random: Random) => Step)[] = [
  (random) => {
    const [topic, body] = random.pick(CALLS);
    return [
      'anna',
      {
        type: 'call.in',
        title: `Заказчик ${topic}`,
        body,
        payload: { topic, durationMs: random.int(30, 400) * 1000 },
      },
    ];
  },
  () => ['maxim', { type: 'call.missed', title: 'Пропущенный звонок', importance: 'high' }],
  (random) => ['elena', { type: 'customer.preference', title: random.pick(PREFERENCES) }],
  () => ['maxim', { type: 'production.progress', title: 'Цех: остекление' }],
];
/** So much of what is written only accompanies. */
const ASIDE = 0.45;
/** What went wrong, and what is done about it at the next opportunity. */
const TROUBLES: ((random: Random) => Step)[] = [
  (random) => {
    const [material, quantity] = random.pick(MATERIALS);
    return [
      'maxim',
      {
        type: 'material.shortage',
        title: `Дефицит: ${material}, ${quantity}`,
        payload: { material, quantity },
      },
    ];
  },
  (random) => {
    const [title] = random.pick(COMPLAINTS);
    return ['anna', { type: 'complaint.opened', title, payload: {} }];
  },
  (random) => {
    const reason = random.pick(DELAYS);
    return [
      'maxim',
      { type: 'production.delayed', title: `Цех задерживает: ${reason}`, payload: { reason } },
    ];
  },
];
/** So seldom something goes wrong; some of it must be decided at once. */
const TROUBLE = 0.008;
const CRITICAL = 0.5;

/** Beyond so many, the oldest of it is seen to before there is more: each kind apart, so that no kind ever runs dry. */
const KEPT: [kind: ResolvedFilter, most: number][] = [
  [{ and: [OPEN, { field: 'importance', in: ['critical'] }] }, 6],
  [{ and: [OPEN, { field: 'type', in: ['call.missed'] }] }, 8],
  [
    {
      and: [
        OPEN,
        { not: { field: 'importance', in: ['critical'] } },
        { not: { field: 'type', in: ['call.missed'] } },
      ],
    },
    24,
  ],
];

/** Lets the company work on, `perSecond` events a second, until `signal`: each order goes the way that orders go. */
export async function live(
  app: INestApplicationContext,
  perSecond: number,
  signal: AbortSignal,
  wrote: () => void,
): Promise<void> {
  const { items } = await app.get(UsersService).list({ limit: 200 });
  const people = new Map(items.map((user) => [user.login, actorOf(user)]));
  const head = people.get('nina');
  if (!head) throw new Error(`the demo company is not there: ${USERS.length} people are missing`);
  const company = new Company(app, people, head, new Random(Date.now()));
  while (!signal.aborted) {
    await company.goOn();
    wrote();
    await pause(1000 / perSecond, undefined, { signal }).catch(() => {});
  }
}

class Company {
  readonly #creation: EventCreation;
  readonly #events: EventsService;
  readonly #projects: ProjectsService;
  readonly #projectsList: ProjectsList;
  #active: ListedProject[] = [];

  constructor(
    app: INestApplicationContext,
    private readonly people: ReadonlyMap<string, Actor>,
    private readonly head: Actor,
    private readonly random: Random,
  ) {
    this.#creation = app.get(EventCreation);
    this.#events = app.get(EventsService);
    this.#projects = app.get(ProjectsService);
    this.#projectsList = app.get(ProjectsList);
  }

  /** One thing happens. */
  async goOn(): Promise<void> {
    const { random } = this;
    await this.#seeTo(random.pick(KEPT));
    const project = await this.#pick();
    const [login, event] = await this.#what(project);
    const actor = this.people.get(login) ?? this.head;
    await this.#creation.create(
      actor,
      EventCreateSchema.parse({ ...event, ...(project && { projectId: project._id }) }),
    );
  }

  async #seeTo([kind, most]: (typeof KEPT)[number]): Promise<void> {
    const { docs } = await this.#events.list(this.head, kind, { zone: ZONE, limit: most + 1 });
    const oldest = docs[most];
    if (oldest) await this.#events.resolve(this.head, oldest._id);
  }

  async #what(project: ListedProject): Promise<Step> {
    const { random } = this;
    if (random.chance(TROUBLE)) {
      const [login, event] = random.pick(TROUBLES)(random);
      return [login, { ...event, importance: random.chance(CRITICAL) ? 'critical' : 'high' }];
    }
    const next = random.chance(ASIDE) ? null : await this.#next(project);
    return next ?? random.pick(ASIDES)(random);
  }

  /** An order that is under way; when there are few, a new one is taken. */
  async #pick(): Promise<ListedProject> {
    if (this.#active.length === 0) {
      const { docs } = await this.#projectsList.page(this.head, { sort: 'new', limit: 200 }, 'UTC');
      this.#active = docs.filter(({ status, line }) => status !== 'closed' && line.flags.length === 0);
    }
    if (this.#active.length < 5 || this.random.chance(0.03)) {
      const like = this.#active.length > 0 ? this.random.pick(this.#active) : null;
      const made = await this.#projects.create(this.head, {
        counterpartyId: like?.counterpartyId ?? null,
        objectAddress: `ул. Новая, ${this.random.int(1, 90)}`,
        managerId: like?.managerId ?? null,
        appointedIds: [],
        template: 'private',
        amountKop: this.random.int(80, 320) * 100_000,
        note: '',
        told: [],
      });
      this.#active.push(made);
    }
    return this.random.pick(this.#active);
  }

  /** What it waits for happens; null: nothing can. */
  async #next(project: ListedProject): Promise<Step | null> {
    const filter = { field: 'project' as const, in: [project._id] };
    const { docs } = await this.#events.list(this.head, filter, { zone: ZONE, limit: 200 });
    const chain = chainOf({
      template: project.template ?? 'private',
      zone: project.tz,
      createdAt: project.createdAt,
      amountKop: project.amountKop,
      now: new Date(),
      events: docs.map((doc) => ({ ...doc, id: doc._id })),
    });
    const next = chain.milestones.find(
      ({ state, waitsFor }) => !['done', 'skipped'].includes(state) && waitsFor.length === 0,
    );
    if (!next || chain.template === 'facade') {
      this.#active = this.#active.filter(({ _id }) => _id !== project._id);
      return null;
    }
    // What holds it up has to be seen to first.
    if (next.state === 'blocked') return null;
    const items = chain.milestones.find(({ code }) => code === 'ready')?.progress.total ?? 3;
    const { paidKop = 0, debtKop = null } = chain.money ?? {};
    return STEPS[next.code]({ project, paidKop, debtKop: debtKop ?? 0, items }, this.random);
  }
}
