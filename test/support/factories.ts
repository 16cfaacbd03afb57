import type { Counterparty, CounterpartyCreate } from '@svodka/shared/contracts/counterparty';
import type { Project, ProjectCreate } from '@svodka/shared/contracts/directory';
import type { EventCreateInput, SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Refs } from '@svodka/shared/contracts/refs';
import type { Client } from './client.ts';

let serial = 0;
/** A number that no other thing of this test run has. */
export const nextSerial = (): number => ++serial;

/** An event as a person would enter it. */
export const eventDraft = (overrides: Partial<EventCreateInput> = {}): EventCreateInput => ({
  type: 'note.free',
  title: `Заметка ${nextSerial()}`,
  ...overrides,
});

/** Writes an event over REST. */
export async function makeEvent(
  client: Client,
  overrides: Partial<EventCreateInput> = {},
): Promise<SvodkaEvent> {
  const { event } = await client.post<{ event: SvodkaEvent; refs: Refs }>(
    '/api/events',
    eventDraft(overrides),
  );
  return event;
}

export const makeProject = (client: Client, overrides: Partial<ProjectCreate> = {}): Promise<Project> =>
  client.post<Project>('/api/projects', { number: `T-${nextSerial()}`, ...overrides });

export const makeCounterparty = (
  client: Client,
  overrides: Partial<CounterpartyCreate> = {},
): Promise<Counterparty> =>
  client.post<Counterparty>('/api/counterparties', { name: `Заказчик ${nextSerial()}`, ...overrides });
