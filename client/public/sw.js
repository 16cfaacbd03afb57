// Shows what the desk pushes to this browser, and opens what was pressed. It keeps no pages: the desk needs its line.
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
