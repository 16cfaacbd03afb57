// Keeps the page itself on the device, so that it opens without a line: the files of one build, whole or not at all.
// Answers of the server and people's files are never kept here. A page is always asked of the server first, so none
// stays old; files whose name has their hash are the same for ever. It also shows what the desk pushes to this browser.
//
// `SHELL` is put before this by the build (scripts/build.mjs). Without it, in development, nothing is kept.
const { version, files } = self.SHELL ?? { version: '', files: [] };
const PREFIX = 'svodka-shell-';
const CACHE = PREFIX + version;
/** A server that has not answered by then is taken to be out of reach, ms. */
const PATIENCE_MS = 5000;
/** As the server has it (server/platform/http/static-client.ts), and no page that it makes itself. */
const SCREEN = /^\/(?!(?:api|socket\.io|s|ical)(?:\/|$))(?:[^./][^.]*)?$/;

self.addEventListener('install', (event) => {
  if (!version) return;
  const fetchAll = async () => {
    const cache = await caches.open(CACHE);
    // What has a hash may come from the browser's own cache.
    await cache.addAll(
      files.map((path) => new Request(path, { cache: isHashed(path) ? 'default' : 'no-cache' })),
    );
    await self.skipWaiting();
  };
  event.waitUntil(fetchAll());
});

self.addEventListener('activate', (event) => {
  const tidy = async () => {
    const ours = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
    const old = ours.filter((name) => name !== CACHE);
    // A page of the build before may still be open, and ask for a part that the server no longer has.
    await Promise.all(old.slice(0, -1).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (!version || request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (SCREEN.test(pathname)) event.respondWith(fromServer(request, '/index.html'));
  } else if (isHashed(pathname)) event.respondWith(kept(pathname).then((found) => found ?? fetch(request)));
  else if (files.includes(pathname)) event.respondWith(fromServer(request, pathname));
});

const isHashed = (path) => path.startsWith('/assets/');

/** As this build has it, or the one before. */
async function kept(path) {
  const options = { ignoreVary: true };
  return (await (await caches.open(CACHE)).match(path, options)) ?? caches.match(path, options);
}

/** When the server was last found to be out of reach, ms. */
let missedAt = Number.NEGATIVE_INFINITY;

/** What the server says; what is kept where it cannot be reached, or a proxy answers in its place. */
async function fromServer(request, path) {
  // What a page asks for that has just been taken from here is not waited for once more.
  const found = request.mode !== 'navigate' && Date.now() - missedAt < PATIENCE_MS && (await kept(path));
  if (found) return found;
  const late = new Promise((_, refuse) => setTimeout(refuse, PATIENCE_MS));
  try {
    const answer = await Promise.race([fetch(request), late]);
    if (answer.status < 500) return answer;
    return (await kept(path)) ?? answer;
  } catch {
    missedAt = Date.now();
    return (await kept(path)) ?? fetch(request);
  }
}

self.addEventListener('push', (event) => {
  const { title = 'Svodka', body = '', path = '/', tag } = event.data?.json() ?? {};
  event.waitUntil(
    self.registration.showNotification(title, {
      body,
      tag,
      data: { path },
      icon: '/favicon.svg',
      badge: '/favicon.svg',
    }),
  );
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const address = new URL(event.notification.data?.path ?? '/', self.location.origin).href;
  event.waitUntil(
    self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then(async (pages) => {
      const [page] = pages;
      if (!page) return self.clients.openWindow(address);
      await page.focus();
      return page.navigate(address).catch(() => self.clients.openWindow(address));
    }),
  );
});
