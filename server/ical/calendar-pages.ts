// What stands behind `/ical/<token>.ics`: calendar programs ask for it by themselves, with nothing but the address.
import { Injectable } from '@nestjs/common';
import { limitKey, plainAddress } from '../platform/http/address.ts';
import type { Request, Response } from '../platform/http/request.ts';
import { TokenDoor } from '../platform/limits/token-door.ts';
import { Logger } from '../platform/logger/logger.ts';
import { CalendarFeed } from './calendar-feed.service.ts';
import { CalendarLinks } from './calendar-links.service.ts';

const MINUTE = 60;
/** By person: how often their calendar may be asked for. */
const ASKS = { perSecond: 1 / 5, burst: 30 };

@Injectable()
export class CalendarPages {
  readonly under = '/ical';
  readonly methods = ['GET', 'HEAD'];
  readonly #door = new TokenDoor(ASKS);
  readonly #log: Logger;

  constructor(
    private readonly links: CalendarLinks,
    private readonly feed: CalendarFeed,
    logger: Logger,
  ) {
    this.#log = logger.child({ room: 'ical' });
  }

  /** Answers everything under `/ical`. */
  handle = (request: Request, response: Response): Promise<void> =>
    this.#answer(request, response).catch((err: unknown) => {
      this.#log.error('a calendar could not be made', { err });
      if (response.headersSent) response.destroy();
      else response.status(503).end();
    });

  async #answer(request: Request, response: Response): Promise<void> {
    response.setHeader('Cache-Control', 'private, no-store');
    response.setHeader('X-Robots-Tag', 'noindex');
    const [, token = '', ...more] = request.path.replace(/\.ics$/, '').split('/');
    const found = await this.#door.open(limitKey(plainAddress(request.ip)), async () => {
      const user = more.length === 0 ? await this.links.ownerOf(token) : null;
      return user && { key: user._id, user };
    });
    if (found === 'busy') return void response.status(429).setHeader('Retry-After', String(MINUTE)).end();
    if (found === 'wrong') return void response.status(404).end();
    response.setHeader('Content-Type', 'text/calendar; charset=utf-8');
    response.setHeader('Content-Disposition', 'inline; filename="svodka.ics"');
    response.end(request.method === 'HEAD' ? undefined : await this.feed.of(found.user));
  }
}
