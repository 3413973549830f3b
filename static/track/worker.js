/*
 * Shows what happens to an order while its page is closed, and leads back to that page. The words
 * come ready to show from the server, in the language of the page; only this browser can read them.
 * It keeps nothing and stands between no page and the network.
 */

self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('push', (event) => {
  const { title, body, lang, dir, tag, url } = event.data.json();
  const options = { body, lang, dir, tag, renotify: true, data: { url } };
  event.waitUntil(self.registration.showNotification(title, options));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openPage(event.notification.data.url));
});

async function openPage(path) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const open = pages.find((page) => new URL(page.url).pathname === path);
  return open ? open.focus() : self.clients.openWindow(path);
}
