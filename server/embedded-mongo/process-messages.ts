/** What the store's process and its supervisor tell each other over the fork's channel. */
export type FromStore =
  | { kind: 'ready'; uri: string }
  | { kind: 'failed'; name: string; message: string; code?: string }
  | { kind: 'log'; level: 'info' | 'warn' | 'error'; message: string; details?: object };

/** `start` comes first; its password is for a port, where it must be the same after a restart. */
export type ToStore = { kind: 'start'; password: string } | { kind: 'stop' };
