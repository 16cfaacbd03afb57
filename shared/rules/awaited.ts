import type { Id } from '../contracts/id.ts';
import type { EventType } from '../contracts/modules.ts';
import type { Payload } from '../contracts/payload.ts';

/** What the rule looks at, of documents and of events of the contract. */
export type CallEvent = { type: EventType; occurredAt: Date; counterpartyIds: Id[]; payload: Payload };

/** Of those that wait for a call: what kind of call is the one they wait for. */
const ANSWERED_BY: Partial<Record<EventType, readonly EventType[]>> = {
  // We promised to call: only our call keeps it.
  'call.promise': ['call.out'],
  // They wanted to speak to us: whoever called in the end, they have spoken.
  'call.missed': ['call.out', 'call.in'],
};

export const AWAITING = Object.keys(ANSWERED_BY) as EventType[];
export const CALLS: readonly EventType[] = ['call.out', 'call.in'];

/** Numbers of Russia are told by their last ten digits, whether they begin with +7, 8 or neither. */
const numbersOf = ({ payload }: CallEvent): string[] =>
  [payload.from, payload.to].flatMap((phone) => {
    const digits = typeof phone === 'string' ? phone.replace(/\D/g, '').slice(-10) : '';
    return digits.length >= 5 ? [digits] : [];
  });

/** Whether a call is the one that an event waits for: later, of the right kind, with the same number or customer. */
export function isAnsweredBy(awaiting: CallEvent, call: CallEvent): boolean {
  if (!ANSWERED_BY[awaiting.type]?.includes(call.type)) return false;
  if (call.occurredAt <= awaiting.occurredAt || call.payload.durationMs === 0) return false;
  const numbers = new Set(numbersOf(awaiting));
  return (
    numbersOf(call).some((number) => numbers.has(number)) ||
    call.counterpartyIds.some((id) => awaiting.counterpartyIds.includes(id))
  );
}
