import { MongoError } from '../errors.ts';
import type { Command, Context } from './command.ts';

const refuse = ({ request }: Context): never => {
  throw new MongoError(
    'NoSuchTransaction',
    `${request.name}: transactions are not supported by the embedded store`,
  );
};

/** Sessions are taken as they come: what has to be remembered of one is its newest retryable write. */
export const sessionCommands: Command[] = [
  { name: 'endSessions', handle: () => ({ fields: {} }) },
  { name: 'refreshSessions', handle: () => ({ fields: {} }) },
  { name: 'killSessions', handle: () => ({ fields: {} }) },
  { name: 'killAllSessions', handle: () => ({ fields: {} }) },
  { name: 'abortTransaction', handle: refuse, adminOnly: true },
  { name: 'commitTransaction', handle: refuse, adminOnly: true },
];
