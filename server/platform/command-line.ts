import { type ParseArgsConfig, parseArgs } from 'node:util';
import { EXIT } from './data-directory/exit.ts';

/** What a command was called with. `--help` prints how it is called and ends; so does what it does not know, as a failure. */
export function commandLine<T extends ParseArgsConfig & { options: object }>(usage: string, config: T) {
  const options = { ...config.options, help: { type: 'boolean' } } as T['options'];
  let read: ReturnType<typeof parseArgs<T>>;
  try {
    read = parseArgs({ ...config, options });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(EXIT.settings);
  }
  if ((read.values as { help?: boolean }).help) {
    console.log(usage);
    process.exit(0);
  }
  return read;
}
