// A word of the contracts that nothing ever says is a promise to scripts and a choice in lists that leads nowhere: each
// comes with its maker.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES } from '@svodka/shared/contracts/errors';
import { STATUSES } from '@svodka/shared/contracts/event';
import { EVENT_TYPES, isMachineType } from '@svodka/shared/contracts/modules';

/** The server's own code, and the rules that it asks. */
const code = ['server', 'shared/rules']
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !/\/test(ing)?\//.test(path))
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n');

/** Said whole, or put together from the part before its point: `deadline.${kind}`. */
const isSaid = (word: string) =>
  code.includes(`'${word}'`) || (word.includes('.') && code.includes(`\`${word.split('.')[0]}.\${`));
const unsaid = (words: readonly string[]) => words.filter((word) => !isSaid(word));

describe('what the contracts name is made somewhere', () => {
  it('each error code', () => {
    expect(unsaid(ERROR_CODES)).toEqual([]);
  });

  it('each status of an event', () => {
    expect(unsaid(STATUSES)).toEqual([]);
  });

  it('each type that only programs write', () => {
    expect(unsaid(EVENT_TYPES.filter(isMachineType))).toEqual([]);
  });
});
