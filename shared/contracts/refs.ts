import type { Id } from './id.ts';

/** What a row shows of the things that it names by id. Sent beside rows; names are never copied into events. */
export type ProjectRef = { id: Id; number: string; objectAddress: string; counterpartyId: Id | null };
export type CounterpartyRef = { id: Id; number: string; name: string; kind: 'person' | 'org' };
export type UserRef = { id: Id; name: string; disabled: boolean };
export type Refs = { projects: ProjectRef[]; counterparties: CounterpartyRef[]; users: UserRef[] };
