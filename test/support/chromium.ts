import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { findChromium } from './find-chromium.ts';
import { SLOWEST } from './pace.ts';

/** How long a step of a browser test may wait for its element; a failure then names the locator. */
export const STEP_MS = 10_000 * SLOWEST;

const FLAGS = [
  '--no-sandbox', // tests run as root in containers
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage', // containers often have 64 MB there
];

export interface Watched {
  page: Page;
  /** What the page complained of so far: console errors, uncaught exceptions, blocked content. */
  errors: string[];
}

export interface Chromium {
  browser: Browser;
  /**
   * A page in a context of its own: another person at another computer. Russian and Moscow unless the options say
   * otherwise. `errors` collects; assert on it at the end.
   */
  newPage(options?: BrowserContextOptions): Promise<Watched>;
  close(): Promise<void>;
}

/** `describe` where a browser is, `describe.skip` where none is; the closing lines name what was skipped. */
export function describeInBrowser(name: string, tests: () => void): void {
  (findChromium() ? describe : describe.skip)(name, tests);
}

/** A worker's own requests pass by what a test lays between page and server; a test of it asks for it. */
const HERE: BrowserContextOptions = {
  serviceWorkers: 'block',
  locale: 'ru-RU',
  timezoneId: 'Europe/Moscow',
  viewport: { width: 1440, height: 900 },
};

/** A browser of its own on a profile that is kept: opened again, it is the same device after a restart. */
export async function openProfile(
  directory: string,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('no Chromium: set CHROMIUM to its path');
  const context = await chromium.launchPersistentContext(directory, {
    executablePath,
    args: FLAGS,
    headless: true,
    ...HERE,
    ...options,
  });
  context.setDefaultTimeout(STEP_MS);
  return context;
}

/** Launches the system's Chromium, headless, with an empty profile. */
export async function launchChromium(): Promise<Chromium> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('no Chromium: set CHROMIUM to its path');
  const scratch = await mkdtemp(join(tmpdir(), 'svodka-chromium-'));
  const browser = await chromium.launch({
    executablePath,
    args: FLAGS,
    headless: true,
    downloadsPath: scratch,
  });
  return {
    browser,
    async newPage(options = {}) {
      const context = await browser.newContext({ ...HERE, ...options });
      context.setDefaultTimeout(STEP_MS);
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(`uncaught: ${error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(`console: ${message.text()} (${message.location().url})`);
      });
      return { page, errors };
    },
    async close() {
      await browser.close();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}
