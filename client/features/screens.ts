import type { MessageKey } from '@svodka/shared/messages/catalogue';
import type { Action } from '@svodka/shared/rules/permissions';
import type { Component } from 'svelte';
import { session } from '../state/session.svelte.ts';
import type { IconComponent } from '../ui/icon.ts';

/** A screen beside the desk: fetched when it is first opened. It reads the rest of the address from the router. */
export type Screen = {
  /** First part of the path: `projects` stands at /projects and /projects/… */
  path: string;
  /** Without this right the screen is not there. */
  needs?: Action;
  /** Its line in the left column, under «Разделы»; none: it is reached another way. */
  section?: { label: MessageKey; icon: IconComponent; key?: { code: string; shown: string } };
  load: () => Promise<{ default: Component }>;
};

const SCREENS: Screen[] = [];

/** The screens that the person at the desk may open. */
export function screens(): Screen[] {
  return SCREENS.filter((screen) => screen.needs === undefined || session.may(screen.needs));
}

export function screenAt(path: string): Screen | undefined {
  const first = path.split('/')[1];
  return screens().find((screen) => screen.path === first);
}
