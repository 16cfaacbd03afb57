import { Controller, Inject, type OnModuleInit, Res } from '@nestjs/common';
import type { Connection } from 'mongoose';
import type { Response } from '../http/request.ts';
import { Route } from '../http/route.decorator.ts';
import { MONGO } from '../mongo/mongo.ts';
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

  @Route('GET /health')
  health() {
    return { ok: true } as const;
  }

  @Route('GET /ready')
  async ready(@Res({ passthrough: true }) response: Response) {
    const parts = await this.readiness.ask();
    if (!Object.values(parts).every(Boolean)) response.status(503);
    return parts;
  }
}
