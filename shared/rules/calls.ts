import type { EventType } from '../contracts/modules.ts';
import type { Payload } from '../contracts/payload.ts';

/** Calls that were made, or were tried. */
export const CALL_TYPES: readonly EventType[] = ['call.in', 'call.out', 'call.missed', 'call.recorded'];

/** The numbers of a call that may be the customer's, the likelier first: who called us, whom we called. */
export function outsideNumbers({ type, payload }: { type: EventType; payload: Payload }): string[] {
  const { from, to, direction } = payload;
  const isOurs = type === 'call.out' || direction === 'out';
  const isSure = type !== 'call.recorded' || direction !== undefined;
  const [first, second] = isOurs ? [to, from] : [from, to];
  return [first, ...(isSure ? [] : [second])].filter((number) => typeof number === 'string');
}
