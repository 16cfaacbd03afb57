import type { RelativePoint, TimeClause } from '@svodka/shared/filter/ast';
import type { TimeField } from '@svodka/shared/filter/fields';

const point = (unit: RelativePoint['unit'], offset: number, edge: RelativePoint['edge']): RelativePoint => ({
  unit,
  offset,
  edge,
});
const span = (unit: RelativePoint['unit'], from: number, to: number) => ({
  from: point(unit, from, 'start'),
  to: point(unit, to, 'end'),
});

const PAST = [
  span('day', 0, 0),
  span('day', -1, -1),
  span('day', -7, 0),
  span('week', 0, 0),
  span('month', 0, 0),
];
const COMING = [
  { to: point('day', 0, 'end') },
  span('day', 0, 0),
  span('day', 1, 1),
  { to: point('week', 0, 'end') },
  span('day', 0, 7),
  span('month', 0, 0),
];

/** The stretches of time that are asked for most. */
export function timePresets(field: TimeField): TimeClause[] {
  return (field === 'dueAt' ? COMING : PAST).map((range) => ({ field, ...range }));
}
