// The same payment written by two people is money that nobody has paid: who writes the second one is asked.
import type { EventCreateInput, SvodkaEvent } from '@svodka/shared/contracts/event';
import { and } from '@svodka/shared/filter/ast';
import { toText } from '@svodka/shared/filter/text';
import { daysAround, isSamePayment, sameMoneyTypes, toldPayment } from '@svodka/shared/rules/same-payment';
import { live } from '../../api/live.ts';
import { ask } from '../../api/rest.ts';
import { dayOf } from '../../format/time.ts';
import { clock } from '../../state/clock.svelte.ts';
import { i18n } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';

/** Whoever writes waits no longer for it, ms. */
const WAITS_MS = 1_500;
/** An order has not more payments in so many days. */
const LOOKED_AT = 50;

type Payment = Parameters<typeof toldPayment>[0] & Pick<EventCreateInput, 'id' | 'projectId' | 'occurredAt'>;

/** One that its order has already and that may be the same money; null also where nobody can say. */
export async function samePayment(payment: Payment): Promise<SvodkaEvent | null> {
  const { id, type, projectId, occurredAt, payload } = payment;
  const types = sameMoneyTypes(type);
  if (types.length === 0 || !projectId || typeof payload?.amountKop !== 'number') return null;
  if (live.state !== 'online') return null;
  const told = toldPayment(payment, dayOf(occurredAt ?? clock.now, i18n.viewer));
  const filter = and(
    { field: 'project', in: [projectId] },
    { field: 'type', in: [...types] },
    { field: 'occurred', ...daysAround(told.day) },
  );
  try {
    const signal = AbortSignal.timeout(WAITS_MS);
    const page = await ask('GET /events', { query: { filter: toText(filter), limit: LOOKED_AT }, signal });
    refs.add(page.refs);
    const isSame = (event: SvodkaEvent) =>
      event.id !== id && isSamePayment(told, toldPayment(event, dayOf(event.occurredAt, i18n.viewer)));
    return page.items.find(isSame) ?? null;
  } catch {
    return null;
  }
}
