// What files of payments have brought, and how it is taken back (S17).
import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import { PAYMENTS_LIMITS, type PaymentLoad } from '@svodka/shared/contracts/payments';
import { AuditService } from '../../audit/audit.service.ts';
import { EventIntake } from '../../events/event-intake.service.ts';
import { Clock } from '../../platform/clock.ts';
import { PeopleNamed } from '../people.service.ts';
import { type Load, LoadsRepository } from './loads.repository.ts';

@Injectable()
export class PaymentLoads {
  constructor(
    private readonly loads: LoadsRepository,
    private readonly intake: EventIntake,
    private readonly people: PeopleNamed,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** The newest first. */
  async latest(): Promise<PaymentLoad[]> {
    return this.#shown(await this.loads.latest(PAYMENTS_LIMITS.loads));
  }

  /**
   * Deletes what a load has made and nobody has worked on since, so that the file may be loaded again. Whoever dies in
   * between is repeated.
   * @throws AppError `not-found`; `conflict` when it was taken back before
   */
  async undo(id: Id, by: { id: Id; from: string | null }): Promise<PaymentLoad> {
    const load = await this.loads.get(id);
    if (!load) throw new AppError('not-found', 'no such load');
    const { deleted, kept } = load.undone
      ? load.undone
      : await this.intake.takeBackMade(load.eventIds, by.id);
    await this.audit.tell({
      who: by.id,
      what: 'payments.undone',
      object: { kind: 'source', id: 'finance' },
      from: by.from,
      details: { file: load.fileName, deleted, kept },
      key: `payments.undone:${id}`,
    });
    const undone = await this.loads.finish(id, { at: this.clock.now(), by: by.id, deleted, kept });
    if (!undone) throw new AppError('conflict', '#load-undone');
    const [shown] = await this.#shown([undone]);
    return shown as PaymentLoad;
  }

  async #shown(loads: readonly Load[]): Promise<PaymentLoad[]> {
    const nameOf = await this.people.namesOf(loads.flatMap(({ by, undone }) => [by, undone?.by ?? null]));
    return loads.map(({ _id, fileName, at, by, created, sumKop, undone }) => ({
      id: _id,
      fileName,
      at: at.toISOString(),
      by: nameOf(by),
      created,
      sumKop,
      undone: undone && { ...undone, at: undone.at.toISOString(), by: nameOf(undone.by) },
    }));
  }
}
