import type { Conversation, Credentials } from './credentials.ts';
import type { Operation } from './operation.ts';

/** What is remembered of one connection between its messages. */
export class ConnectionState {
  readonly id: number;
  /** `client` of the handshake, for logs. */
  client: unknown;
  readonly running = new Set<Operation>();
  /** Who may use the connection; without them everybody who reaches it. */
  readonly credentials: Credentials | undefined;
  authenticated: boolean;
  conversation: Conversation | undefined;
  /** How clients reach the store; `hello` names it as the only member of the set. */
  readonly address: string;

  constructor(id: number, address: string, credentials?: Credentials) {
    this.credentials = credentials;
    this.authenticated = credentials === undefined;
    this.id = id;
    this.address = address;
  }
}
