import { MongoError } from '../errors.ts';
import { aggregateCommands } from './aggregate.ts';
import { authenticationCommands } from './authentication.ts';
import type { Command } from './command.ts';
import { countCommands } from './count.ts';
import { deleteCommands } from './delete.ts';
import { diagnosticCommands } from './diagnostics.ts';
import { explainCommands } from './explain.ts';
import { findCommands } from './find.ts';
import { findAndModifyCommands } from './find-and-modify.ts';
import { handshakeCommands } from './handshake.ts';
import { insertCommands } from './insert.ts';
import { namespaceCommands } from './namespaces.ts';
import { sessionCommands } from './sessions.ts';
import { updateCommands } from './update.ts';

const commands = new Map<string, Command>();
for (const command of [
  ...handshakeCommands,
  ...authenticationCommands,
  ...diagnosticCommands,
  ...findCommands,
  ...insertCommands,
  ...updateCommands,
  ...deleteCommands,
  ...findAndModifyCommands,
  ...countCommands,
  ...aggregateCommands,
  ...explainCommands,
  ...namespaceCommands,
  ...sessionCommands,
]) {
  commands.set(command.name, command);
}
for (const [alias, name] of [
  ['isMaster', 'hello'],
  ['ismaster', 'hello'],
  ['findandmodify', 'findAndModify'],
  ['buildinfo', 'buildInfo'],
] as const) {
  const command = commands.get(name);
  if (command) commands.set(alias, command);
}

/** @throws MongoError 59 */
export function findCommand(name: string): Command {
  const command = commands.get(name);
  if (!command) throw new MongoError('CommandNotFound', `no such command: '${name}'`);
  return command;
}
