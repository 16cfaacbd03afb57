import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import { RewriteBell } from '../entries/rewrite-bell.ts';
import { ProjectCustomers } from '../orders/projects/project-customers.service.ts';
import { ProjectsRepository } from '../orders/projects/projects.repository.ts';
import { Logger } from '../platform/logger/logger.ts';
import { RepeatedPass } from '../platform/repeated-pass.ts';
import { EventContext, outdated } from './event-context.service.ts';
import { EventsRepository } from './events.repository.ts';

const LOOK_EVERY_MS = 10_000;
const ENTRIES = 20;
const BATCH = 100;

type By = { projectId: Id } | { counterpartyId: Id };

/**
 * Lets events follow when a project's team, counterparty, number or address changes, or a counterparty's manager, name
 * or phones: each event that is out of date is written, so that leaves and upserts reach the feeds like any change.
 *
 * The mark in the project says that this is owed; it is removed when all events have been looked at and no later
 * change has set another. A crash in between repeats the work, and finds most of it done. One pass at a time in a
 * process; two processes at it do no harm, the version decides.
 */
@Injectable()
export class MembershipRewriter extends RepeatedPass {
  constructor(
    private readonly projects: ProjectsRepository,
    private readonly customers: ProjectCustomers,
    private readonly counterparties: CounterpartiesService,
    private readonly events: EventsRepository,
    private readonly context: EventContext,
    private readonly bell: RewriteBell,
    logger: Logger,
  ) {
    const log = logger.child({ room: 'events' });
    super(LOOK_EVERY_MS, (err) => log.warn('events could not be rewritten, and will be', { err }));
  }

  override onApplicationBootstrap(): void {
    this.bell.onRing(() => this.soon());
    super.onApplicationBootstrap();
  }

  /** Rewrites all that is owed. */
  protected async look(): Promise<void> {
    let owed: boolean;
    do {
      owed = false;
      for (const { _id, rewrite } of await this.projects.waiting(ENTRIES)) {
        if (await this.#entry({ projectId: _id })) await this.projects.rewritten(_id, rewrite ?? '');
        owed = true;
      }
      for (const { _id, rewrite, leaves = [] } of await this.counterparties.waiting(ENTRIES)) {
        await this.customers.recall(_id); // the orders first: their events take the words from them
        let done = true;
        for (const counterpartyId of [_id, ...leaves]) done &&= await this.#entry({ counterpartyId });
        if (done) await this.counterparties.rewritten(_id, rewrite ?? '');
        owed = true;
      }
    } while (owed && !this.isStopped);
  }

  /** False: it was stopped. */
  async #entry(by: By): Promise<boolean> {
    let after: Id | null = null;
    for (;;) {
      if (this.isStopped) return false;
      const docs = await this.events.naming(by, after, BATCH);
      const surroundings = await this.context.ofMany(docs);
      const amendments = docs.flatMap((doc) => {
        const changes = outdated(doc, surroundings(doc));
        return changes ? [{ id: doc._id, version: doc.version, changes }] : [];
      });
      // One that somebody has changed meanwhile is looked at again from where this batch began.
      if ((await this.events.amendMany(amendments)) < amendments.length) continue;
      after = docs.at(-1)?._id ?? null;
      if (docs.length < BATCH) return true;
    }
  }
}
