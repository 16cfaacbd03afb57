import type { Action } from '@svodka/shared/rules/permissions';
import type { Component } from 'svelte';

/** A screen beside the desk: fetched when it is first opened. It reads the rest of the address from the router. */
export type Screen = {
  /** First part of the path: `projects` stands at /projects and /projects/… */
  path: string;
  /** Without this right the address leads to the desk. */
  needs?: Action;
  load: () => Promise<{ default: Component }>;
};

export const SCREENS: Screen[] = [];

export function screenAt(path: string): Screen | undefined {
  const first = path.split('/')[1];
  return SCREENS.find((screen) => screen.path === first);
}
