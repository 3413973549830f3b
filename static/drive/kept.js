/**
 * Keeps the page itself on the phone, so that it opens without a network. Where the browser refuses
 * (an unknown certificate, say) the page works all the same, while the server is reached.
 */
export async function keepPage() {
  const worker = navigator.serviceWorker;
  const registration = await worker?.register('/drive-worker.js', { scope: '/drive' }).catch(() => null);
  if (!registration?.waiting) return;
  // A newer version was fetched while an earlier page was open: this one starts anew with it.
  worker.addEventListener('controllerchange', () => location.reload(), { once: true });
  registration.waiting.postMessage('take over');
}
