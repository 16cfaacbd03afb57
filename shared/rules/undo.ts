/** For so long a person may take back what they changed last, ms. */
export const UNDO_MS = 10 * 60_000;
