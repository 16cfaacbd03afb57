// A process with the desks of several people: for each the page's own state (`client/testing/headless.ts`) in a window
// with the storage and the cookies of a browser that refuses its database. Asked by messages; see desks.ts.
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { CookieJar, JSDOM } from 'jsdom';
import { build, defaultClientConditions } from 'vite';
import { root } from '../app-process.ts';
import type { Asked, Heard } from './desks.ts';

/** What the library lacks, or has otherwise than browsers. */
const OF_NODE = ['Headers', 'Request', 'Response', 'AbortController', 'AbortSignal', 'structuredClone'];

async function bundled(): Promise<string> {
  const built = await build({
    configFile: false,
    root: join(root, 'client'),
    logLevel: 'error',
    plugins: [svelte()],
    resolve: { conditions: ['svodka-source', ...defaultClientConditions] },
    build: {
      write: false,
      minify: false,
      target: 'node20',
      lib: { entry: 'testing/headless.ts', formats: ['iife'], name: 'page' },
    },
  });
  const [{ output } = { output: [] }] = [built].flat() as { output: { code?: string }[] }[];
  return output[0]?.code ?? '';
}

/** On this machine a secure cookie goes over any line, as browsers have it and the library does not. */
class Cookies extends CookieJar {
  override getCookieStringSync(url: string | { href: string }): string {
    return super.getCookieStringSync(
      String(url instanceof Object ? url.href : url).replace(/^(http|ws)\b/, '$1s'),
    );
  }
}

/** A browser: what stays when its page is closed. */
class Browser {
  readonly #cookies = new Cookies();
  #stored: [string, string][] = [];
  #page: JSDOM | null = null;

  constructor(
    readonly name: string,
    readonly url: string,
  ) {}

  /** What the page has under way comes to nothing, as in a browser that is killed. */
  close(): void {
    if (!this.#page) return;
    const { window } = this.#page;
    this.#stored = Object.entries(window.localStorage);
    Object.assign(window, { fetch: () => new Promise(() => {}), heard: () => {} });
    window.close();
    this.#page = null;
  }

  /** A fresh page. */
  load(): void {
    this.close();
    this.#page = new JSDOM('<!doctype html><title>desk</title>', {
      url: this.url,
      runScripts: 'outside-only',
      pretendToBeVisual: true,
      cookieJar: this.#cookies,
    });
    const { window } = this.#page;
    for (const [name, value] of this.#stored) window.localStorage.setItem(name, value);
    for (const name of OF_NODE)
      Object.defineProperty(window, name, { value: Reflect.get(globalThis, name), configurable: true });
    Object.assign(window, {
      matchMedia: () => Object.assign(new EventTarget(), { matches: false }),
      heard: (taken: string) => send({ desk: this.name, taken }),
      fetch: (path: string, init: RequestInit) => this.#fetch(path, init),
    });
    window.eval(`${code};globalThis.desk = page.desk;`);
  }

  async call(what: string, given: unknown[]): Promise<unknown> {
    if (what === 'close') return this.close();
    if (what === 'load' || !this.#page) return this.load();
    const { window } = this.#page;
    if (what === 'online') return void window.dispatchEvent(new window.Event('online'));
    return JSON.parse(JSON.stringify((await window.desk[what](...given)) ?? null));
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const headers = {
      ...(init.headers as Record<string, string>),
      Origin: this.url,
      Cookie: this.#cookies.getCookieStringSync(this.url),
    };
    const response = await fetch(this.url + path, { ...init, headers });
    for (const cookie of response.headers.getSetCookie()) this.#cookies.setCookieSync(cookie, this.url);
    return response;
  }
}

const send = (message: Heard) => process.send?.(message);
const browsers = new Map<string, Browser>();
const code = await bundled();

process.on('message', async ({ n, desk, call, given }: Asked) => {
  const browser = browsers.get(desk) ?? new Browser(desk, given[0] as string);
  browsers.set(desk, browser);
  try {
    send({ n, value: await browser.call(call, given) });
  } catch (error) {
    send({ n, error: String((error as Error).stack ?? error) });
  }
});
process.on('disconnect', () => process.exit());
send({ isReady: true });
