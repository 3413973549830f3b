/*
 * Keeps the driver's page on the phone, so that it opens in a cellar too. The server puts two lines
 * before this file: `VERSION`, which changes with any of the files, and `FILES`, their paths.
 *
 * All files of a version are kept together and answered from there, so that two versions never
 * meet in one page; a new version is fetched beside it, and is what the next start shows. Nothing
 * else is kept: no token, no order, no position.
 */
const PREFIX = 'ontheway-drive-';
const KEPT = PREFIX + VERSION;

self.addEventListener('install', (event) => {
  const wanted = FILES.map((path) => new Request(path, { cache: 'reload' }));
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(wanted)));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(forgetOthers());
});

// A page that just starts asks for the newer version that waits, and loads anew from it.
self.addEventListener('message', () => self.skipWaiting());

self.addEventListener('fetch', (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== 'GET' || origin !== self.location.origin || !FILES.includes(pathname)) return;
  event.respondWith(kept(pathname).then((answer) => answer ?? fetch(event.request)));
});

async function kept(path) {
  const cache = await caches.open(KEPT);
  return cache.match(path, { ignoreVary: true });
}

async function forgetOthers() {
  const names = await caches.keys();
  return Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== KEPT).map((name) => caches.delete(name)));
}
