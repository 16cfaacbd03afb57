/** One column of a list. `track` is its CSS grid track; without a label the head is empty there. */
export type Column = { label: string; track: string; right?: boolean };
