// The same payment written by two people is money that nobody has paid: who writes the second one is asked.
import type { EventCreateInput, SvodkaEvent } from '@svodka/shared/contracts/event';
import { moduleOf } from '@svodka/shared/contracts/modules';
import { and } from '@svodka/shared/filter/ast';
import { toText } from '@svodka/shared/filter/text';
import { live } from '../../api/live.ts';
import { ask } from '../../api/rest.ts';
import { dayOf } from '../../format/time.ts';
import { clock } from '../../state/clock.svelte.ts';
import { i18n } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';

/** Whoever writes waits no longer for it, ms. */
const WAITS_MS = 1_500;
/** An order has not more payments of a kind on a day. */
const LOOKED_AT = 50;

/** One of the same kind, sum and day that its order has already; null also where nobody can say. */
export async function samePayment({
  type,
  projectId,
  occurredAt,
  payload,
}: EventCreateInput): Promise<SvodkaEvent | null> {
  const amount = payload?.amountKop;
  if (moduleOf(type) !== 'finance' || !projectId || typeof amount !== 'number') return null;
  if (live.state !== 'online') return null;
  const day = dayOf(occurredAt ?? clock.now, i18n.viewer);
  const filter = and(
    { field: 'project', in: [projectId] },
    { field: 'type', in: [type] },
    { field: 'occurred', from: day, to: day },
  );
  try {
    const signal = AbortSignal.timeout(WAITS_MS);
    const page = await ask('GET /events', { query: { filter: toText(filter), limit: LOOKED_AT }, signal });
    refs.add(page.refs);
    return page.items.find((event) => event.payload.amountKop === amount) ?? null;
  } catch {
    return null;
  }
}
