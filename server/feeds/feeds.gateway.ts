import { UseFilters, UsePipes } from '@nestjs/common';
import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  type CountsSubscribe,
  CountsSubscribeSchema,
  type FeedSubscribe,
  FeedSubscribeSchema,
  FeedUnsubscribeSchema,
} from '@svodka/shared/contracts/feed';
import type { Id } from '@svodka/shared/contracts/id';
import { EventFollowSchema, PresenceSchema } from '@svodka/shared/contracts/socket';
import { PresenceService } from '../notices/presence.service.ts';
import { ContractPipe } from '../platform/http/contract.pipe.ts';
import { AckFilter } from '../platform/sockets/ack.filter.ts';
import type { AppSocket } from '../platform/sockets/socket-types.ts';
import { DiscussionsService } from './discussions.service.ts';
import { SessionTouch } from './session-touch.ts';
import { SubscriptionsService } from './subscriptions.service.ts';

/** What sockets may ask. Each handler: a checked body, one call, the answer. */
@WebSocketGateway()
@UseFilters(AckFilter)
@UsePipes(ContractPipe)
export class FeedsGateway {
  constructor(
    private readonly subscriptions: SubscriptionsService,
    private readonly discussions: DiscussionsService,
    private readonly presence: PresenceService,
    private readonly touch: SessionTouch,
  ) {}

  @SubscribeMessage('feed.subscribe')
  async subscribe(
    @ConnectedSocket() socket: AppSocket,
    @MessageBody({ schema: FeedSubscribeSchema }) ask: FeedSubscribe,
  ) {
    return { ok: true, ...(await this.subscriptions.follow(socket, ask)) };
  }

  @SubscribeMessage('feed.unsubscribe')
  unsubscribe(
    @ConnectedSocket() socket: AppSocket,
    @MessageBody({ schema: FeedUnsubscribeSchema }) { room }: { room: string },
  ) {
    this.subscriptions.unfollow(socket, room);
    return { ok: true };
  }

  @SubscribeMessage('counts.subscribe')
  async counts(
    @ConnectedSocket() socket: AppSocket,
    @MessageBody({ schema: CountsSubscribeSchema }) ask: CountsSubscribe,
  ) {
    return { ok: true, ...(await this.subscriptions.count(socket, ask)) };
  }

  @SubscribeMessage('event.follow')
  async event(
    @ConnectedSocket() socket: AppSocket,
    @MessageBody({ schema: EventFollowSchema }) { eventId }: { eventId: Id | null },
  ) {
    return { ok: true, ...(await this.discussions.follow(socket, eventId)) };
  }

  @SubscribeMessage('presence.beat')
  async beat(
    @ConnectedSocket() socket: AppSocket,
    @MessageBody({ schema: PresenceSchema }) beat: { visible: boolean; idleMs: number },
  ) {
    await this.presence.beat(socket.data.user.id, beat);
    await this.touch.used(socket, beat);
    return { ok: true };
  }
}
