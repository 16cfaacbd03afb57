import { UseFilters, UsePipes } from '@nestjs/common';
import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  type CountsSubscribe,
  CountsSubscribeSchema,
  type FeedSubscribe,
  FeedSubscribeSchema,
  FeedUnsubscribeSchema,
} from '@svodka/shared/feed/feed';
import { ContractPipe } from '../platform/http/contract.pipe.ts';
import { AckFilter } from '../platform/sockets/ack.filter.ts';
import type { AppSocket } from '../platform/sockets/socket-types.ts';
import { SubscriptionsService } from './subscriptions.service.ts';

/** What sockets may ask of feeds. Each handler: a checked body, one call, the answer. */
@WebSocketGateway()
@UseFilters(AckFilter)
@UsePipes(ContractPipe)
export class FeedsGateway {
  constructor(private readonly subscriptions: SubscriptionsService) {}

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
}
