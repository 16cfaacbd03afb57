/** The address bar: a path, and a query that holds what is on the screen. */
class Router {
  #path = $state(location.pathname);
  #search = $state(location.search);
  #query = $derived(new URLSearchParams(this.#search));
  #entry = '';
  #leaving = new Set<(to: string) => void>();
  /** The page was opened anew: neither loaded again nor come back to. */
  readonly isFresh = typeof history.state?.entry !== 'string';

  constructor() {
    this.#entry = this.#nameEntry();
    addEventListener('popstate', () => this.#read());
    document.addEventListener('click', (event) => this.#follow(event));
  }

  get path(): string {
    return this.#path;
  }

  get query(): URLSearchParams {
    return this.#query;
  }

  /** A name for the present step of the browser's history, the same whenever somebody comes back to it. */
  get entry(): string {
    return this.#entry;
  }

  /** Called with the path that one step of the history is left for, while `entry` and `path` are still the old ones. */
  onLeave(listener: (to: string) => void): () => void {
    this.#leaving.add(listener);
    return () => this.#leaving.delete(listener);
  }

  /** Goes to an address inside the application. `replace` leaves no step to go back to. */
  go(address: string, { replace = false } = {}): void {
    const url = new URL(address, location.href);
    if (url.pathname === this.#path && url.search === this.#search) return;
    if (replace) history.replaceState(history.state, '', url);
    else history.pushState(null, '', url);
    this.#read(replace);
  }

  /** The present address with some of its query changed; null takes a parameter away. */
  with(changes: Record<string, string | null>, path = this.#path): string {
    const query = new URLSearchParams(path === this.#path ? this.#search : '');
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === '') query.delete(name);
      else query.set(name, value);
    }
    const text = query.toString();
    return path + (text ? `?${text}` : '');
  }

  #read(sameEntry = false): void {
    if (!sameEntry) {
      for (const listener of this.#leaving) listener(location.pathname);
      this.#entry = this.#nameEntry();
    }
    this.#path = location.pathname;
    this.#search = location.search;
  }

  #nameEntry(): string {
    const held: unknown = history.state?.entry;
    if (typeof held === 'string') return held;
    const entry = `${Date.now().toString(36)}.${Math.random().toString(36).slice(2)}`;
    history.replaceState({ entry }, '');
    return entry;
  }

  /** Plain clicks on links of our own stay in the page. */
  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.('a[href]');
    if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute('download')) return;
    if (link.origin !== location.origin || link.pathname.startsWith('/api/')) return;
    event.preventDefault();
    this.go(link.href);
  }
}

export const router = new Router();
