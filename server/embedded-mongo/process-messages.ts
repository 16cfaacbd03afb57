/** What the store's process and its supervisor tell each other over the fork's channel. */
export type FromStore =
  | { kind: 'ready'; uri: string }
  | { kind: 'failed'; name: string; message: string; code?: string }
  | { kind: 'log'; level: 'info' | 'warn' | 'error'; message: string; details?: object };

/**
 * `start` comes first. Its password is for a port, where it must be the same after a restart; its opening names this
 * life of the supervisor, so that a store that ended and came back goes on with the history that it had.
 */
export type ToStore = { kind: 'start'; password: string; opening: string } | { kind: 'stop' };
