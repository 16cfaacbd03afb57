import { UseFilters, UsePipes } from '@nestjs/common';
import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { Id } from '@svodka/shared/contracts/id';
import { EventFollowSchema } from '@svodka/shared/feed/socket';
import { ContractPipe } from '../platform/http/contract.pipe.ts';
import { AckFilter } from '../platform/sockets/ack.filter.ts';
import type { AppSocket } from '../platform/sockets/socket-types.ts';
import { DiscussionsService } from './discussions.service.ts';

/** Which event a page has open. */
@WebSocketGateway()
@UseFilters(AckFilter)
@UsePipes(ContractPipe)
export class DiscussionsGateway {
  constructor(private readonly discussions: DiscussionsService) {}

  @SubscribeMessage('event.follow')
  async follow(
    @ConnectedSocket() socket: AppSocket,
    @MessageBody({ schema: EventFollowSchema }) { eventId }: { eventId: Id | null },
  ) {
    return { ok: true, ...(await this.discussions.follow(socket, eventId)) };
  }
}
