import { Controller } from '@nestjs/common';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { WorkingDaysService } from './working-days.service.ts';

@Controller()
export class WorkingDaysController {
  constructor(private readonly days: WorkingDaysService) {}

  @Route('GET /working-days')
  read() {
    return this.days.read();
  }

  @Route('PATCH /working-days')
  edit(@Asked() { body }: Asked<'PATCH /working-days'>) {
    return this.days.edit(body);
  }
}
