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

/** In a world that is kept (kept-env.mjs), and that is a worker's: a process of its own would not end for it. */
const IS_SHARED = Symbol.for('svodka.kept') in globalThis && process.send !== undefined;

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

/** The browser that the test files of a worker share (kept-env.mjs); it ends with the worker. */
let shared: Promise<Browser> | undefined;

function start(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('no Chromium: set CHROMIUM to its path');
  return chromium.launch({ executablePath, args: FLAGS, headless: true });
}

/** The system's Chromium, headless, without a profile. What was opened in it is closed at the end. */
export async function launchChromium(): Promise<Chromium> {
  if (IS_SHARED && !(await shared?.catch(() => null))?.isConnected()) shared = start();
  const browser = await (IS_SHARED ? (shared as Promise<Browser>) : start());
  const opened: BrowserContext[] = [];
  return {
    browser,
    async newPage(options = {}) {
      const context = await browser.newContext({ ...HERE, ...options });
      opened.push(context);
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
      await Promise.all(opened.map((context) => context.close()));
      if (!IS_SHARED) await browser.close();
    },
  };
}
