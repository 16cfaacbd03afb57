import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import { toErrorBody } from '../errors/error-body.ts';
import { Refusals } from '../errors/refusals.ts';
import { Logger } from '../logger/logger.ts';
import type { AppSocket } from './socket-types.ts';

/**
 * The one filter that every gateway carries: whatever is thrown on the way, the message gets its answer in the
 * envelope of the contract. Without it a refused body never answers, and is echoed in an `exception` event.
 */
@Catch()
@Injectable()
export class AckFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly refusals: Refusals,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const [socket, ...rest] = host.getArgs<[AppSocket, ...unknown[]]>();
    const answer = rest.find((argument) => typeof argument === 'function') as
      | ((answer: unknown) => void)
      | undefined;
    const { user } = socket.data;
    const { body, code } = toErrorBody(thrown, user.locale, this.logger);
    const id = (rest[0] as { eventId?: string | null } | undefined)?.eventId ?? null;
    this.refusals.tell({
      code,
      route: String(host.switchToWs().getPattern()),
      id,
      userId: user.id,
      about: null,
      address: null, // the session says where it was signed in from
    });
    answer?.({ ok: false, ...body });
  }
}
