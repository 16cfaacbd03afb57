// What does not fit in a plan of installations, said where it happens.
import type { Crew, Installation } from '../../contracts/crews.ts';
import { type Calendar, type Day, dayKind, daysAfter, weekdayOf } from './working-days.ts';

/**
 * `over`: more than the crew does on one day · `absent`: the crew is away · `day-off`: it does not work on that day ·
 * `inactive`: it is out of use · `goods`: they will not have come · `promised`: later than the customer was told ·
 * `undone`: its days have passed, and it is not done. `on`: which day; `note`: why the crew is away.
 */
export type WorkConflict = {
  kind: 'over' | 'absent' | 'day-off' | 'inactive' | 'goods' | 'promised' | 'undone';
  on: Day | null;
  note: string;
};

/** Work that takes a place; of somebody else's only that is known. */
export type Placed = Pick<Installation, 'startOn' | 'finishOn' | 'crew' | 'state'> &
  Partial<Pick<Installation, 'goods' | 'promisedOn'>>;

type CrewDays = Pick<Crew, 'id' | 'workDays' | 'capacity' | 'absences' | 'isActive'>;

/** What a work is no longer in conflict with anything by. */
const isOver = ({ state }: Placed): boolean => state === 'done';

/** Why a crew does not work on a day; null: it does. A public holiday is no working day, a moved one is. */
export function awayOn(
  { workDays, absences }: Pick<Crew, 'workDays' | 'absences'>,
  day: Day,
  calendar?: Calendar,
): { kind: 'absent' | 'day-off'; note: string } | null {
  const absence = absences.find(({ from, to }) => from <= day && day <= to);
  if (absence) return { kind: 'absent', note: absence.note ?? '' };
  const weekday = weekdayOf(day);
  const isOff = dayKind(day, calendar) === 'off';
  const works = weekday > 5 ? workDays.includes(weekday) || !isOff : workDays.includes(weekday) && !isOff;
  return works ? null : { kind: 'day-off', note: '' };
}

/** The days on which a work takes a place of its crew: of those between its ends only the crew's own. */
function daysOf(work: Placed, crew: CrewDays): Day[] {
  const days: Day[] = [];
  for (let day = work.startOn; day <= work.finishOn; day = daysAfter(day, 1)) {
    const isEnd = day === work.startOn || day === work.finishOn;
    if (isEnd || !awayOn(crew, day)) days.push(day);
  }
  return days;
}

/**
 * The conflicts of each work that has any.
 * @param works all that is planned with these crews in a period, whoever may know of it
 * @param crewOf the crew that an event names
 */
export function conflictsOf<W extends Placed>(
  works: readonly W[],
  { crewOf, todayOn }: { crewOf: (named: string) => CrewDays | undefined; todayOn: Day },
): Map<W, WorkConflict[]> {
  const found = new Map<W, WorkConflict[]>();
  const say = (work: W, kind: WorkConflict['kind'], on: Day | null = null, note = '') => {
    const known = found.get(work);
    if (known) known.push({ kind, on, note });
    else found.set(work, [{ kind, on, note }]);
  };
  const taken = new Map<string, { crew: CrewDays; day: Day; works: W[] }>();
  for (const work of works) {
    const crew = work.crew === null ? undefined : crewOf(work.crew);
    if (crew) {
      for (const day of daysOf(work, crew)) {
        const key = `${crew.id} ${day}`;
        const place = taken.get(key) ?? { crew, day, works: [] };
        place.works.push(work);
        taken.set(key, place);
      }
    }
    if (isOver(work)) continue;
    if (crew && !crew.isActive) say(work, 'inactive');
    if (crew) {
      for (const day of new Set([work.startOn, work.finishOn])) {
        const away = awayOn(crew, day);
        if (away) say(work, away.kind, day, away.note);
      }
    }
    const { goods, promisedOn } = work;
    const isLate = goods && !goods.isReady && (goods.readyOn === null || goods.readyOn >= work.startOn);
    if (isLate && work.state !== 'started') say(work, 'goods', goods.readyOn);
    if (promisedOn && work.finishOn > promisedOn) say(work, 'promised', promisedOn);
    if (work.finishOn < todayOn && work.state !== 'failed') say(work, 'undone', work.finishOn);
  }
  for (const { crew, day, works: there } of taken.values()) {
    if (there.length > crew.capacity) for (const work of there) if (!isOver(work)) say(work, 'over', day);
  }
  return found;
}
