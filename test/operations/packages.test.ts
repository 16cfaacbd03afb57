import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingBuilds } from '../../scripts/complete-lock.mjs';
import { VERSION } from '../../server/platform/version.ts';
import { root } from '../support/app-process.ts';

interface Entry {
  version?: string;
  resolved?: string;
  link?: boolean;
}

const lock: { packages: Record<string, Entry> } = JSON.parse(
  readFileSync(join(root, 'package-lock.json'), 'utf8'),
);
const entries = Object.entries(lock.packages);
const copiesOf = (name: string) =>
  entries.filter(([path]) => path === `node_modules/${name}` || path.endsWith(`/node_modules/${name}`));

describe('package-lock.json', () => {
  it('names no registry', () => {
    expect(entries.filter(([, { resolved, link }]) => resolved && !link)).toEqual([]);
  });

  it.each(['mongodb', 'bson'])('has one copy of %s, or instanceof breaks between libraries', (name) => {
    expect(copiesOf(name)).toHaveLength(1);
  });

  it('lists the builds for every platform (else run npm run complete-lock)', () => {
    expect(missingBuilds(lock).map(([where]) => where)).toEqual([]);
  });
});

describe('package.json', () => {
  it('has the version that the server tells', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(VERSION).toBe(version);
  });
});
