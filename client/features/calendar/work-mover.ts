// How installations are moved: by an event, which knows what the mover saw.
import type { Installation } from '@svodka/shared/contracts/crews';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { daysAfter } from '@svodka/shared/rules/orders/working-days';
import { ApiError, ask } from '../../api/rest.ts';
import { t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { session } from '../../state/session.svelte.ts';
import { keyOf, type OpenCalendar, type Place } from './calendar-state.svelte.ts';
import type { CalendarView } from './calendar-view.svelte.ts';
import { crewWords, daysWords, numberOf } from './calendar-words.ts';
import type { Mover } from './moving.svelte.ts';
import { undatedOf } from './undated.ts';

/** How far from the day of its order's plan an installation is looked for. */
const AROUND_DAYS = 30;

const placeOf = ({ startOn, finishOn, crew }: Installation): Place => ({ startOn, finishOn, crew });
const where = (at: Place) => `${daysWords(at)}, ${crewWords(at.crew)}`;

export const workMover = (
  calendar: OpenCalendar,
  view: Pick<CalendarView, 'reveal'>,
): Mover<Installation, Place> => ({
  keyOf,
  placeOf,
  put: (item, place) => calendar.put(item, place),
  letGo: (item) => calendar.letGo(item),
  show: ({ startOn }) => view.reveal(startOn),
  async write(item, place, reason) {
    const seen = item.plannedBy && { eventId: item.plannedBy.eventId, ...placeOf(item) };
    const { event } = await ask('POST /projects/:id/work', {
      id: item.projectId,
      body: { stage: item.stage, seen, ...place, ...(reason && { reason }) },
    });
    calendar.settle(item, place, event);
    return async () => {
      await ask('DELETE /events/:id', { id: event.id, key: newId() });
      calendar.replace(item);
    };
  },
  async overtaken(item, place, error) {
    if (!(error instanceof ApiError) || error.code !== 'conflict' || !error.current) return undefined;
    const current = error.current as Installation;
    calendar.replace(current);
    const userId = current.plannedBy?.userId;
    // The answer to a repeated move may be one's own.
    if (userId === session.user?.id && current.startOn === place.startOn && current.crew === place.crew)
      return null;
    return {
      title: t('calendar.overtaken', { number: numberOf(item), who: await nameOf(userId) }),
      text: t('calendar.overtaken.text', { where: where(current) }),
    };
  },
  words: {
    moved: (item, reason) => t(reason ? 'calendar.moved' : 'calendar.planned', { number: numberOf(item) }),
    failed: (item, reason) =>
      t(reason ? 'calendar.move.failed' : 'calendar.plan.failed', { number: numberOf(item) }),
    where,
  },
});

/** What an order has to be moved: what is drawn of it, else what lies on other days, else what waits for one. */
export async function workOf(calendar: OpenCalendar, projectId: Id): Promise<Installation | undefined> {
  const ofOrder = (items: readonly Installation[]) =>
    items.find((each) => each.projectId === projectId && each.state !== 'done');
  const drawn = ofOrder(calendar.items);
  if (drawn) return drawn;
  const project = await ask('GET /projects/:id', { id: projectId }).catch(() => null);
  if (!project) return undefined;
  refs.add({ projects: [project], counterparties: [], users: [] });
  const { line } = project;
  const on = line.milestones.find(({ code }) => code === 'install')?.plannedOn;
  if (line.undated.length === 0 && on) {
    const query = { from: daysAfter(on, -AROUND_DAYS), to: daysAfter(on, AROUND_DAYS), projects: projectId };
    const dated = await ask('GET /installations', { query }).catch(() => null);
    const found = ofOrder(dated?.items ?? []);
    if (found) return found;
  }
  const undated = line.undated.length > 0 ? line.undated : [1];
  return undatedOf({ ...project, line: { ...line, undated } }, calendar.todayOn)[0];
}

/** What a colleague is called, asked for where nobody has named them yet. */
async function nameOf(id: Id | null | undefined): Promise<string> {
  if (id && !refs.user(id)) {
    const query = { projects: '', counterparties: '', users: id };
    await ask('GET /refs', { query }).then(
      (found) => refs.add(found),
      () => undefined,
    );
  }
  return refs.user(id)?.name ?? '…';
}
