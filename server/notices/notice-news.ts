import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { UsersService } from '../accounts/users.service.ts';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { Logger } from '../platform/logger/logger.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import { InboxService } from './inbox.service.ts';
import { isListed, type NoticeDoc } from './notice.schema.ts';

/** Changes of one inbox that come within this time are told together, ms: «seen» comes for a whole list. */
const GATHER_MS = 40;
/** Of more than so many only the unread count is told; pages read their list anew. */
const MAX_TOLD = 20;

type Gathered = { docs: Map<Id, { doc: NoticeDoc; isNew: boolean }>; timer: NodeJS.Timeout };

/** Tells people of their own notices, on all of their pages. */
@Injectable()
export class NoticeNews implements ChangeListener, OnModuleInit, OnModuleDestroy {
  readonly collections = ['notices'] as const;
  readonly #gathered = new Map<Id, Gathered>();
  readonly #log: Logger;
  #isStopped = false;

  constructor(
    private readonly inbox: InboxService,
    private readonly users: UsersService,
    private readonly sockets: Sockets,
    private readonly bus: ChangeBus,
    logger: Logger,
  ) {
    this.#log = logger.child({ room: 'notices' });
  }

  onModuleInit(): void {
    this.bus.register(this);
  }

  onModuleDestroy(): void {
    this.#isStopped = true;
    for (const { timer } of this.#gathered.values()) clearTimeout(timer);
    this.#gathered.clear();
  }

  async tell({ id, kind, before, after }: Change): Promise<void> {
    const doc = after as NoticeDoc | null;
    if (!doc || doc.suppressed || this.#isStopped || !isListed(doc)) return;
    if (this.sockets.ofUser(doc.userId).length === 0) return;
    let gathered = this.#gathered.get(doc.userId);
    if (!gathered) {
      const timer = setTimeout(() => {
        this.#tellAll(doc.userId).catch((error: unknown) => {
          this.#log.error('notices could not be told', { err: error });
        });
      }, GATHER_MS);
      gathered = { docs: new Map(), timer };
      this.#gathered.set(doc.userId, gathered);
    }
    // What was put off and is back is told like what has just come.
    const isBack = Boolean((before as NoticeDoc | null)?.snooze) && !doc.snooze;
    const isNew = kind === 'insert' || isBack || (gathered.docs.get(id)?.isNew ?? false);
    gathered.docs.set(id, { doc, isNew });
  }

  async #tellAll(userId: Id): Promise<void> {
    const gathered = [...(this.#gathered.get(userId)?.docs.values() ?? [])];
    this.#gathered.delete(userId);
    const [user, unread] = await Promise.all([this.users.get(userId), this.inbox.unread(userId)]);
    if (gathered.length <= MAX_TOLD) {
      const views = await this.inbox.views(
        gathered.map(({ doc }) => doc),
        user,
      );
      for (const [at, notice] of views.entries()) {
        const refs = await this.inbox.refsOf([notice], user);
        const isNew = gathered[at]?.isNew ?? false;
        for (const socket of this.sockets.ofUser(userId)) {
          socket.emit('notice.changed', { notice, refs, unread, isNew });
        }
      }
    } else {
      for (const socket of this.sockets.ofUser(userId)) socket.emit('notices.seen', { unread });
    }
  }
}
