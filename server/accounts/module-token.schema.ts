import type { Id } from '@svodka/shared/contracts/id';
import type { UnknownWay } from '@svodka/shared/contracts/ingest';
import type { ConnectedModule, EventType } from '@svodka/shared/contracts/modules';
import type { Touched } from '../platform/context/request-context.ts';

/** By what a connected module shows who it is, and what it may say. */
export type ModuleTokenDoc = {
  _id: Id;
  module: ConnectedModule;
  name: string;
  /** sha256 of the token, base64url: a copy of the database speaks for no module. */
  tokenHash: string;
  /** Of one that signs: the secret itself, for only who has it can see that a signature is right. */
  secret?: string;
  types: EventType[];
  unknownOrders: UnknownWay;
  unknownCounterparties: UnknownWay;
  createdAt: Date;
  createdBy: Id;
  expiresAt: Date | null;
  revokedAt: Date | null;
  /** Who made or revoked it; for the access log. */
  touched?: Touched;
};
