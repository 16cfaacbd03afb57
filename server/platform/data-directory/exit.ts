/** Exit codes of a refused start, after sysexits.h. */
export const EXIT = {
  settings: 64,
  unavailable: 69,
  internal: 70,
  /** The store's process ends again and again, for another reason than its data. */
  storeEnds: 71,
  cannotWrite: 73,
  badData: 78,
} as const;

/** A reason not to start that a person can act on: one line, no stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}
