/* Stands in for what the customer's page leaves out of NiceGUI's (app/ui/track/lean.py).
 *
 * NiceGUI's script opens its socket when it mounts the page, and loads the page again when the
 * server does not know it. Here it gets a socket that leads nowhere. `did_handshake` ends its
 * waiting for a connection; mounting sets it to false right after this call. Of Quasar it gets
 * what it calls at the start; the page's frame becomes elements without a meaning of their own.
 * A plain script, so that it runs before mounting, whatever else does not load.
 */
{
  const nothing = () => {};
  window.io = () => {
    queueMicrotask(() => (window.did_handshake = true));
    return { id: "", on: nothing, emit: nothing, io: { on: nothing } };
  };
  window.Quasar = { install: nothing, lang: { set: nothing }, Dark: { set: nothing } };
}
