import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { translate } from '@svodka/shared/messages/catalogue';
import type { Change, ChangeListener } from '../../changes/change.ts';
import { ChangeBus } from '../../changes/change-bus.ts';
import type { EventDoc } from '../../events/event.schema.ts';
import { SourcesRepository } from '../sources.repository.ts';

/** Accounts of firms, entrepreneurs and persons; others are a bank's own, through which many pay. */
export const namesItsHolder = (account: string): boolean =>
  /^\d{20}$/.test(account) && /^(?:40[5-8]|42[136])/.test(account);

export const accountCode = (account: string): string => `account:${account}`;

/** Learns from whoever gives a payment its order to whom the payer's account belongs; forgets it when that is undone. */
@Injectable()
export class PaymentAccounts implements ChangeListener, OnModuleInit {
  readonly collections = ['events'] as const;

  constructor(
    private readonly repository: SourcesRepository,
    private readonly bus: ChangeBus,
  ) {}

  onModuleInit(): void {
    this.bus.register(this);
  }

  async tell({ before, after }: Change): Promise<void> {
    const [was, event] = [before as EventDoc | null, after as EventDoc | null];
    if (!event || !was || was.projectId === event.projectId || event.module !== 'finance') return;
    const account = event.payload?.fields?.[translate('ru', 'said.field.payerAccount')];
    if (typeof account !== 'string' || !namesItsHolder(account)) return;
    const code = accountCode(account);
    const [wrong, payer] = [payerOf(was), payerOf(event)];
    if (payer) await this.repository.learnCodes('finance', new Map([[code, payer]]));
    else if (wrong) await this.repository.forgetCode('finance', code, wrong);
  }
}

/** Whose money it is, once it has an order; two say of neither. */
function payerOf({ projectId, counterpartyIds: [payer, other] }: EventDoc): Id | null {
  return projectId && payer && !other ? payer : null;
}
