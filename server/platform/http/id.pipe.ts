import { Injectable, type PipeTransform } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Id, IdSchema } from '@svodka/shared/contracts/id';

/** An id in a path. One of a wrong form names nothing, and gets the same answer as one that nobody has. */
@Injectable()
export class IdPipe implements PipeTransform<string, Id> {
  transform(value: string): Id {
    const parsed = IdSchema.safeParse(value);
    if (!parsed.success) throw new AppError('not-found', 'no such id');
    return parsed.data;
  }
}
