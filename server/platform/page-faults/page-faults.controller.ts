import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import { type PageFault, PageFaultSchema } from '@svodka/shared/contracts/page-fault';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { Logger } from '../logger/logger.ts';
import { Allow } from '../security/allow.decorator.ts';
import { CurrentUser } from '../security/current-user.decorator.ts';

/** A page says each fault once; more than this of one person is a page that has run wild, or somebody at play. */
export const FAULTS_A_MINUTE = 20;

/** Brings into the log what a browser could not draw, so that whoever runs the server hears of it. */
@Controller('page-faults')
export class PageFaultsController {
  readonly #limit = new RateLimiterMemory({ points: FAULTS_A_MINUTE, duration: 60 });

  constructor(private readonly logger: Logger) {}

  /** @throws AppError `rate-limited` */
  @Post()
  @Allow('signed-in')
  @HttpCode(204)
  async report(
    @CurrentUser() user: { _id: Id },
    @Body({ schema: PageFaultSchema }) fault: PageFault,
  ): Promise<void> {
    await this.#limit.consume(user._id).catch(({ msBeforeNext }: RateLimiterRes) => {
      throw new AppError('rate-limited', 'page faults', [], {
        retryAfter: Math.max(1, Math.ceil(msBeforeNext / 1000)),
      });
    });
    this.logger.warn('a page could not draw a part of itself', { room: 'page', userId: user._id, ...fault });
  }
}
