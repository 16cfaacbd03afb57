import { UseFilters, UsePipes } from '@nestjs/common';
import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { PresenceSchema } from '@svodka/shared/feed/socket';
import type { z } from 'zod';
import { SessionTouch } from '../accounts/session-touch.ts';
import { ContractPipe } from '../platform/http/contract.pipe.ts';
import { AckFilter } from '../platform/sockets/ack.filter.ts';
import type { AppSocket } from '../platform/sockets/socket-types.ts';
import { PresenceService } from './presence.service.ts';

/** Whether somebody sits before a page: who does needs no letter, and their session lives on. */
@WebSocketGateway()
@UseFilters(AckFilter)
@UsePipes(ContractPipe)
export class PresenceGateway {
  constructor(
    private readonly presence: PresenceService,
    private readonly touch: SessionTouch,
  ) {}

  @SubscribeMessage('presence.beat')
  async beat(
    @ConnectedSocket() socket: AppSocket,
    @MessageBody({ schema: PresenceSchema }) beat: z.infer<typeof PresenceSchema>,
  ) {
    await this.presence.beat(socket.data.user.id, beat);
    await this.touch.used(socket, beat);
    return { ok: true };
  }
}
