import type { Module } from '@svodka/shared/contracts/modules';

/**
 * How the keys begin under which the desk itself writes events, by the module whose events they are. They share the
 * space of keys that modules and people give: whoever took one of these would keep the desk from saying it.
 */
const BEGINNINGS: Partial<Record<Module, readonly string[]>> = {
  orders: ['discussion of ', 'question:'],
  mail: ['letter:', 'opened:', 'undeliverable:'],
  system: ['silence:'],
};

/** Whether a key of a module is the desk's own, and nobody else's to give. */
export const isDeskKey = (module: Module, externalId: string): boolean =>
  BEGINNINGS[module]?.some((begin) => externalId.startsWith(begin)) ?? false;
