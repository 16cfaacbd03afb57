import { Controller } from '@nestjs/common';
import type { UserDoc } from '../accounts/user.schema.ts';
import { AppConfig } from '../platform/config/config.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { CalendarLinks } from './calendar-links.service.ts';

@Controller()
export class CalendarLinksController {
  constructor(
    private readonly links: CalendarLinks,
    private readonly config: AppConfig,
  ) {}

  @Route('GET /session/calendar')
  read(@CurrentUser() { calendarLink }: UserDoc) {
    return { madeAt: calendarLink?.at.toISOString() ?? null };
  }

  @Route('POST /session/calendar')
  async make(@Asked() _asked: Asked<'POST /session/calendar'>, @CurrentUser() user: UserDoc) {
    const { token, at } = await this.links.make(user._id);
    return { url: `${this.config.baseUrl}/ical/${token}.ics`, madeAt: at.toISOString() };
  }

  @Route('DELETE /session/calendar')
  revoke(@CurrentUser() user: UserDoc) {
    return this.links.revoke(user._id);
  }
}
