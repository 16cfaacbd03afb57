import {
  type Absence,
  type Crew,
  type CrewColor,
  type CrewCreate,
  CrewCreateSchema,
  type CrewEdit,
  CrewEditSchema,
} from '@svodka/shared/contracts/crews';
import type { Id } from '@svodka/shared/contracts/id';
import type { MessageKey } from '@svodka/shared/messages/ru';
import { ask } from '../../api/rest.ts';
import type { RecordDraft } from '../../state/record-draft.svelte.ts';

/** A crew as the form holds it: names one a line, an absence with every field. */
export type CrewFields = {
  name: string;
  color: CrewColor;
  memberIds: Id[];
  memberNames: string;
  workDays: number[];
  capacity: string;
  absences: { from: string; to: string; note: string }[];
  isActive: boolean;
};

export const FIELD_LABELS: Record<keyof CrewFields, MessageKey> = {
  name: 'crews.name',
  color: 'crews.color',
  memberIds: 'crews.members',
  memberNames: 'crews.members.names',
  workDays: 'crews.workDays',
  capacity: 'crews.capacity',
  absences: 'crews.absences',
  isActive: 'crews.isActive',
};

export function fieldsOf(crew: Crew | null, color: CrewColor = 'blue'): CrewFields {
  return {
    name: crew?.name ?? '',
    color: crew?.color ?? color,
    memberIds: crew?.memberIds ?? [],
    memberNames: crew?.memberNames.join('\n') ?? '',
    workDays: crew?.workDays ?? [1, 2, 3, 4, 5],
    capacity: String(crew?.capacity ?? 1),
    absences: crew?.absences.map(({ from, to, note = '' }) => ({ from, to, note })) ?? [],
    isActive: crew?.isActive ?? true,
  };
}

const absence = ({ from, to, note }: CrewFields['absences'][number]): Absence => ({
  from,
  to: to || from,
  ...(note.trim() && { note: note.trim() }),
});

const TO_BODY: { [N in keyof CrewFields]: (fields: CrewFields) => unknown } = {
  name: ({ name }) => name.trim(),
  color: ({ color }) => color,
  memberIds: ({ memberIds }) => memberIds,
  memberNames: ({ memberNames }) =>
    memberNames
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  workDays: ({ workDays }) => workDays,
  capacity: ({ capacity }) => (capacity.trim() === '' ? Number.NaN : Number(capacity)),
  absences: ({ absences }) => absences.map(absence),
  isActive: ({ isActive }) => isActive,
};

const bodyOf = (fields: CrewFields, names: (keyof CrewFields)[]) =>
  Object.fromEntries(names.map((name) => [name, TO_BODY[name](fields)]));

/** Sends a new crew whole, of a known one what was changed. Null: refused, the draft says why. */
export function saveCrew(
  draft: RecordDraft<CrewFields>,
  crew: Crew | null,
  onStale: (current: Crew) => void,
): Promise<Crew | null> {
  if (!crew)
    return draft.create<CrewCreate, Crew>({
      schema: CrewCreateSchema,
      body: bodyOf(draft.values, Object.keys(draft.values) as (keyof CrewFields)[]),
      send: (create) => ask('POST /crews', { body: { ...create, id: draft.id } }),
      onStale: (current) => onStale(current as Crew),
    });
  if (!draft.dirty) return Promise.resolve(crew);
  return draft.save<CrewEdit, Crew>({
    schema: CrewEditSchema,
    body: bodyOf(draft.values, draft.changed),
    send: (edit) => ask('PATCH /crews/:id', { id: crew.id, rev: crew.version, body: edit }),
    onStale: (current) => onStale(current as Crew),
    again: (current) => saveCrew(draft, current as Crew, onStale),
  });
}
