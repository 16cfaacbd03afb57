import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { toPredicate } from '@svodka/shared/filter/predicate';
import { Scopes } from '../directory/scopes.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { EventsService } from '../events/events.service.ts';
import type { AppSocket } from '../platform/sockets/socket-types.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import type { Change, ChangeHandler } from './change.ts';
import { PublisherService } from './publisher.service.ts';

/** Name of the channel of those who have an event open. */
export const discussionOf = (eventId: Id): string => `event:${eventId}`;

const OPEN_PER_SOCKET = 20;

/** Who has which event open, so that its comments reach them, and only while they may see the event (F19). */
@Injectable()
export class DiscussionsService implements ChangeHandler, OnModuleInit {
  readonly collections = ['events'] as const;

  constructor(
    private readonly events: EventsService,
    private readonly sockets: Sockets,
    private readonly publisher: PublisherService,
    private readonly scopes: Scopes,
  ) {}

  onModuleInit(): void {
    this.publisher.register(this);
  }

  /** @throws AppError `not-found` */
  async open(socket: AppSocket, eventId: Id): Promise<void> {
    // Joined first: a change of rights during the check then finds the socket here, and takes it out.
    const channel = discussionOf(eventId);
    const wasOpen = socket.rooms.has(channel);
    void socket.join(channel);
    try {
      await this.events.readable(socket.data.user, eventId);
    } catch (error) {
      if (!wasOpen) this.close(socket, eventId);
      throw error;
    }
    const open = [...socket.rooms].filter((room) => room.startsWith('event:'));
    for (const oldest of open.slice(0, Math.max(0, open.length - OPEN_PER_SOCKET))) void socket.leave(oldest);
  }

  close(socket: AppSocket, eventId: Id): void {
    void socket.leave(discussionOf(eventId));
  }

  /** Something was taken from the reader: what they have open and may no longer see is closed. */
  recheck(socket: AppSocket): void {
    for (const channel of socket.rooms) {
      if (!channel.startsWith('event:')) continue;
      this.events
        .readable(socket.data.user, channel.slice('event:'.length))
        .catch(() => void socket.leave(channel));
    }
  }

  see({ id, after }: Change): void {
    const channel = discussionOf(id);
    for (const socketId of this.sockets.server.sockets.adapter.rooms.get(channel) ?? []) {
      const socket = this.sockets.server.sockets.sockets.get(socketId);
      if (socket && (!after || !toPredicate(this.scopes.of(socket.data.user))(after as EventDoc)))
        void socket.leave(channel);
    }
  }
}
