/* Takes the place of Socket.IO's `io` on a page whose server side is gone (app/ui/track.py).
 *
 * NiceGUI's script opens its socket when it mounts the page, and loads the page again when the
 * server does not know it. Here it gets a socket that leads nowhere. `did_handshake` ends its
 * waiting for a connection; mounting sets it to false right after this call. A plain script, so
 * that it runs after Socket.IO, before mounting, and whatever else does not load.
 */
window.io = () => {
  const nothing = () => {};
  queueMicrotask(() => (window.did_handshake = true));
  return { id: "", on: nothing, emit: nothing, io: { on: nothing } };
};
