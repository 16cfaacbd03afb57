import { Controller, Get, Query } from '@nestjs/common';
import { IdSchema } from '@svodka/shared/contracts/id';
import type { Refs } from '@svodka/shared/contracts/refs';
import { z } from 'zod';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { Allow } from '../platform/security/allow.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { RefsService } from './refs.service.ts';

const IdsSchema = z
  .string()
  .max(8_000)
  .transform((text) => text.split(',').filter(Boolean))
  .pipe(z.array(IdSchema).max(200))
  .optional();
const RefsQuerySchema = z.strictObject({ projects: IdsSchema, counterparties: IdsSchema, users: IdsSchema });

/** The names of things that a page has by id only: of filters, of saved feeds. What one may not see has none. */
@Controller('refs')
export class RefsController {
  constructor(private readonly refs: RefsService) {}

  @Get()
  @Allow('signed-in')
  async read(
    @CurrentUser() user: UserDoc,
    @Query({ schema: RefsQuerySchema }) query: z.infer<typeof RefsQuerySchema>,
  ): Promise<Refs> {
    return this.refs.refsOf(actorOf(user), {
      projectIds: query.projects ?? [],
      counterpartyIds: query.counterparties ?? [],
      userIds: query.users ?? [],
    });
  }
}
