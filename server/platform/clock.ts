import { Injectable } from '@nestjs/common';

/** What time it is. Everything that depends on time asks this, so that tests can move it. */
export abstract class Clock {
  abstract now(): Date;
}

@Injectable()
export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}
