import { UseFilters, UsePipes } from '@nestjs/common';
import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { type PresenceBeat, PresenceSchema } from '@svodka/shared/feed/socket';
import { seesEverything } from '@svodka/shared/rules/permissions';
import { SessionTouch } from '../accounts/session-touch.ts';
import { DiscussionsService } from '../discussion/discussions.service.ts';
import { ClaimsService } from '../events/claims.service.ts';
import { ContractPipe } from '../platform/http/contract.pipe.ts';
import { AckFilter } from '../platform/sockets/ack.filter.ts';
import type { AppSocket } from '../platform/sockets/socket-types.ts';
import { ClaimNews, LOAD_ROOM } from './claim-news.ts';
import { PRESENCE_ROOM, PresenceService } from './presence.service.ts';

/** Whoever has touched the page within this time works. */
const WORKS_MS = 60_000;

/** Somebody sits before a page: they need no letter, their session and their claims live on, and others see them there. */
@WebSocketGateway()
@UseFilters(AckFilter)
@UsePipes(ContractPipe)
export class PresenceGateway {
  constructor(
    private readonly presence: PresenceService,
    private readonly touch: SessionTouch,
    private readonly discussions: DiscussionsService,
    private readonly claims: ClaimsService,
    private readonly news: ClaimNews,
  ) {}

  @SubscribeMessage('presence.beat')
  async beat(
    @ConnectedSocket() socket: AppSocket,
    @MessageBody({ schema: PresenceSchema }) beat: PresenceBeat,
  ) {
    const { user } = socket.data;
    await this.presence.beat(user.id, beat, socket.id, () => this.discussions.openOn(socket));
    // Gone while its person was looked up.
    if (!socket.connected) this.presence.left(socket.id);
    await this.touch.used(socket, beat);
    if (beat.visible && beat.idleMs < WORKS_MS && this.news.mayHold(user.id))
      await this.claims.worked(user.id);
    if (socket.rooms.has(PRESENCE_ROOM) || !socket.connected) return { ok: true };
    socket.once('disconnect', () => this.presence.left(socket.id));
    void socket.join(PRESENCE_ROOM);
    if (!seesEverything(user)) return { ok: true, people: this.presence.people };
    void socket.join(LOAD_ROOM);
    return { ok: true, people: this.presence.people, load: await this.news.load() };
  }
}
