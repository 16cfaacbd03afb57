/**
 * One column of a list. `track` is its CSS grid track, `medium` and `narrow` that in a list of less room; null leaves it
 * out there, and its cells have the class `spare`. Without a label the head is empty there.
 */
export type Column = {
  label: string;
  track: string;
  medium?: string;
  narrow?: string | null;
  right?: boolean;
};
