import { Controller, Get, Inject, type OnModuleInit, Res } from '@nestjs/common';
import type { Connection } from 'mongoose';
import type { Response } from '../http/request.ts';
import { MONGO } from '../mongo/mongo.ts';
import { Allow } from '../security/allow.decorator.ts';
import { Readiness } from './readiness.ts';

@Controller()
export class HealthController implements OnModuleInit {
  constructor(
    private readonly readiness: Readiness,
    @Inject(MONGO) private readonly connection: Connection,
  ) {}

  onModuleInit(): void {
    this.readiness.register('store', async () => {
      await this.connection.db?.command({ ping: 1 });
      return true;
    });
  }

  @Get('health')
  @Allow('public')
  health(): { ok: true } {
    return { ok: true };
  }

  @Get('ready')
  @Allow('public')
  async ready(@Res({ passthrough: true }) response: Response): Promise<Record<string, boolean>> {
    const parts = await this.readiness.ask();
    if (!Object.values(parts).every(Boolean)) response.status(503);
    return parts;
  }
}
