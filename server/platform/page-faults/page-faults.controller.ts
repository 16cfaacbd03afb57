import { Controller } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { Asked, Route } from '../http/route.decorator.ts';
import { Limiter } from '../limits/limiter.ts';
import { Logger } from '../logger/logger.ts';
import { CurrentUser } from '../security/current-user.decorator.ts';

/** A page says each fault once; more than this of one person is a page that has run wild, or somebody at play. */
export const FAULTS_A_MINUTE = 20;

/** Brings into the log what a browser could not draw, so that whoever runs the server hears of it. */
@Controller()
export class PageFaultsController {
  readonly #limit = new Limiter({ perSecond: FAULTS_A_MINUTE / 60, burst: FAULTS_A_MINUTE });

  constructor(private readonly logger: Logger) {}

  /** @throws AppError `rate-limited` */
  @Route('POST /page-faults')
  report(@Asked() { body: fault }: Asked<'POST /page-faults'>, @CurrentUser() user: { _id: Id }): void {
    this.#limit.spend(user._id, 'page faults');
    this.logger.warn('a page could not draw a part of itself', { room: 'page', userId: user._id, ...fault });
  }
}
