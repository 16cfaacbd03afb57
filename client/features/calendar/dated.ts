/** What lies in a calendar: the days that it takes, and who does it; null: nobody, or nobody has to. */
export type Dated = { startOn: string; finishOn: string; crew: string | null };
/** `line`: one line, in a month; `wide`: with all it says, and a button to move it. */
export type Shape = 'card' | 'line' | 'wide';
