// How deadlines are moved: of an event by an edit, of a milestone by a decision about it; both with the reason.
import type { Project } from '@svodka/shared/contracts/directory';
import type { Due, SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import { daysAfter } from '@svodka/shared/rules/orders/working-days';
import { ApiError, ask } from '../../api/rest.ts';
import { daysBetween } from '../../format/time.ts';
import { t } from '../../state/i18n.svelte.ts';
import { dayWords } from '../../state/sayings.ts';
import { toasts } from '../../state/toasts.svelte.ts';
import type { CalendarView } from '../calendar/calendar-view.svelte.ts';
import type { Mover } from '../calendar/moving.svelte.ts';
import { nameWords } from './deadline-words.ts';
import { type Deadline, dueDayOf, type OpenDeadlines } from './deadlines-state.svelte.ts';

/** The same deadline so many days later, at the same hour where it lives. */
const dueOf = ({ dueLocal, dueZone, dueLeadMin }: SvodkaEvent, days = 0): Due => ({
  local: daysAfter((dueLocal ?? '').slice(0, 10), days) + (dueLocal ?? '').slice(10),
  ...(dueZone && { zone: dueZone }),
  leadMin: dueLeadMin,
});
const conflictOf = (error: unknown): unknown =>
  error instanceof ApiError && error.code === 'conflict' ? error.current : undefined;

async function patchDue(event: SvodkaEvent, due: Due, reason: string): Promise<SvodkaEvent> {
  const body = { due, reason };
  const write = (rev: number) => ask('PATCH /events/:id', { id: event.id, rev, key: newId(), body });
  try {
    return (await write(event.rev)).event;
  } catch (error) {
    // Somebody has changed something else of it: the deadline is where the mover saw it.
    const current = conflictOf(error) as SvodkaEvent | undefined;
    if (!current || current.dueLocal !== event.dueLocal || current.status !== event.status) throw error;
    return (await write(current.rev)).event;
  }
}

async function write(item: Deadline, day: string, reason: string): Promise<() => Promise<void>> {
  const why = t('deadlines.undo.reason');
  if (item.kind === 'event') {
    const { event } = item;
    const moved = await patchDue(event, dueOf(event, daysBetween(item.startOn, day)), reason);
    return async () => void (await patchDue(moved, dueOf(event), why));
  }
  const { projectId: id, code, isMoved, plannedOn } = item.milestone;
  const seen = plannedOn ?? undefined;
  await ask('POST /projects/:id/milestones', { id, body: { code, kind: 'move', on: day, seen, reason } });
  const back = isMoved ? ({ kind: 'move', on: plannedOn } as const) : ({ kind: 'undo' } as const);
  return async () =>
    void (await ask('POST /projects/:id/milestones', {
      id,
      body: { code, ...back, seen: day, reason: why },
    }));
}

/** Where a deadline is by what somebody else has written. */
function dayNow(item: Deadline, error: unknown): string | undefined {
  const current = conflictOf(error);
  if (!current) return undefined;
  if (item.kind === 'event') return dueDayOf(current as SvodkaEvent);
  const { milestones } = (current as Project).line;
  return milestones.find(({ code }) => code === item.milestone.code)?.plannedOn ?? undefined;
}

export const deadlineMover = (deadlines: OpenDeadlines, view: CalendarView): Mover<Deadline, string> => ({
  keyOf: ({ key }) => key,
  placeOf: ({ startOn }) => startOn,
  put: (item, day) => deadlines.put(item, day),
  letGo: (item) => deadlines.letGo(item),
  show: (day) => view.reveal(day),
  async write(item, day, reason) {
    const takeBack = await write(item, day, reason);
    deadlines.settle(item, day, (on) =>
      toasts.show({
        title: t('deadlines.elsewhere', { name: nameWords(item), day: dayWords(on) }),
        text: t('deadlines.elsewhere.text'),
      }),
    );
    return async () => {
      await takeBack();
      deadlines.settle(item, item.startOn);
    };
  },
  async overtaken(item, day, error) {
    const now = dayNow(item, error);
    if (now === undefined) return undefined;
    deadlines.letGo(item);
    deadlines.readAll();
    if (now === day) return null;
    return {
      title: t('deadlines.overtaken', { name: nameWords(item) }),
      text: t('deadlines.overtaken.text', { day: dayWords(now) }),
    };
  },
  words: {
    moved: (item) => t('deadlines.moved', { name: nameWords(item) }),
    failed: (item) => t('deadlines.failed', { name: nameWords(item) }),
    where: dayWords,
  },
});
