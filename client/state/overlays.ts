// How events are drawn between what was done to them here and the feed's word of it.
import type { EventEdit, EventStatus, SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import { LEASE_MS } from '@svodka/shared/rules/hold';
import { isPending } from '@svodka/shared/rules/status';
import { SvelteMap } from 'svelte/reactivity';
import { clock } from './clock.svelte.ts';
import type { Act, Answer, Deed, Edit } from './deeds.ts';
import { session } from './session.svelte.ts';

type Overlay = { gone: boolean; fields: Partial<SvodkaEvent>; until: number };

/** The status after it, as far as the page knows; what was undone is again what it was before. */
function statusAfter(kind: Act['kind'], { status }: SvodkaEvent): EventStatus {
  if (kind === 'snooze') return 'snoozed';
  if (kind === 'release') return status;
  if (kind === 'resolve') return 'resolved';
  if (kind === 'record') return 'recorded';
  if (kind === 'reopen' && status !== 'resolved') return status;
  return 'open';
}

/** What an edit does to a row. The deadline is worked out by the server, and shows when it has. */
function edited({ due: _, payload, ...plain }: EventEdit): Partial<SvodkaEvent> {
  return { ...plain, ...(payload && { payload: payload as SvodkaEvent['payload'] }) };
}

/** Who holds it after the act, and when it comes back. */
function heldAfter(deed: Act): Pick<SvodkaEvent, 'claim' | 'snooze'> {
  const me = session.user?.id ?? '';
  const now = clock.now;
  const at = new Date(now).toISOString();
  if (deed.kind === 'claim') {
    const { to = me, reason = null } = deed.ask;
    const from = to !== me ? me : reason === null ? null : (deed.event.claim?.by ?? null);
    const until = new Date(now + LEASE_MS).toISOString();
    return { claim: { by: to, at, until, from, reason }, snooze: null };
  }
  if (deed.kind !== 'snooze') return { claim: null, snooze: null };
  const { until = null, type = null } = deed.ask;
  return { claim: null, snooze: { by: me, at, until, type } };
}

function fieldsOf(deed: Act | Edit): Partial<SvodkaEvent> {
  if (deed.kind === 'edit') return edited(deed.edit);
  if (deed.kind === 'remove' || deed.kind === 'restore') return {};
  const { dueState, dueAt } = deed.event;
  const status = statusAfter(deed.kind, deed.event);
  const resting = status === 'resolved' && dueAt ? 'done' : 'none';
  return {
    status,
    ...heldAfter(deed),
    resolved:
      status === 'resolved' ? { at: new Date(clock.now).toISOString(), by: session.user?.id ?? null } : null,
    // What is open again has a due state that only the server knows, unless it had one just now.
    dueState: !isPending({ status }) ? resting : dueState === 'done' ? 'none' : dueState,
  };
}

const isAboutEvent = (deed: Deed): deed is Act | Edit => 'event' in deed;

export class Overlays {
  #overlays = new SvelteMap<Id, Overlay>();
  /** How many comments of each event wait to be sent. */
  #said = new SvelteMap<Id, number>();

  /** Whether it was removed here; one that somebody has brought back since is not. */
  isGone({ id, version }: Pick<SvodkaEvent, 'id' | 'version'>): boolean {
    // Asked of thousands of rows at every change, when nearly always nothing waits.
    if (this.#overlays.size === 0) return false;
    const overlay = this.#overlays.get(id);
    return overlay?.gone === true && version <= overlay.until;
  }

  /** The event as it will be once everything that was done to it has arrived. */
  view(event: SvodkaEvent): SvodkaEvent {
    const overlay = this.#overlays.get(event.id);
    const done = overlay && event.version <= overlay.until ? { ...event, ...overlay.fields } : event;
    const said = this.#said.size > 0 ? (this.#said.get(event.id) ?? 0) : 0;
    return said > 0 ? { ...done, counters: { comments: done.counters.comments + said } } : done;
  }

  /** Covers each event with what still waits to be sent of it; `deeds` oldest first. */
  cover(deeds: readonly Deed[]): void {
    const waiting = new Map<Id, Overlay>();
    for (const deed of deeds.filter(isAboutEvent)) {
      const { id } = deed.event;
      const before = waiting.get(id);
      const gone = deed.kind === 'remove' || (deed.kind !== 'restore' && before?.gone === true);
      const fields = { ...before?.fields, ...fieldsOf(deed) };
      waiting.set(id, { gone, fields, until: Number.POSITIVE_INFINITY });
    }
    for (const [id, { until }] of this.#overlays) {
      if (!waiting.has(id) && until === Number.POSITIVE_INFINITY) this.#overlays.delete(id);
    }
    for (const [id, overlay] of waiting) this.#overlays.set(id, overlay);
    const said = new Map<Id, number>();
    for (const deed of deeds)
      if (deed.kind === 'comment') said.set(deed.eventId, (said.get(deed.eventId) ?? 0) + 1);
    for (const id of this.#said.keys()) if (!said.has(id)) this.#said.delete(id);
    for (const [id, count] of said) this.#said.set(id, count);
  }

  /** It is sent. The event stays covered: the feed tells in its own time, and nothing may flicker until then. */
  settle(deed: Deed, { event: after }: Answer): void {
    if (!isAboutEvent(deed) || !after) return;
    if (deed.kind === 'restore') this.#overlays.delete(after.id);
    else {
      const gone = deed.kind === 'remove';
      this.#overlays.set(after.id, { gone, fields: gone ? {} : after, until: after.version - 1 });
    }
  }
}
