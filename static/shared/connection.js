/* One WebSocket that stays: reconnects with jitter, notices silence, wakes with the tab.
 *
 *   new Connection({ url: () => "/ws/client/…", onMessage, onChange, onEnd })
 *       .open()  .send(message)  .check()  .close()
 *       .up      whether the socket is open now
 *   onMessage(object)  every JSON object that arrives
 *   onChange(up)       the server speaks, or was lost
 *   onEnd(code)        closed with 4500 to 4999: over for good, no reconnecting
 *
 * `url` is asked before each attempt, so that it can carry where to resume. However long the network
 * was away: an attempt and the pause after it take six seconds at most, the next one begins as soon
 * as the browser says that the network is back, and who was asleep asks at once.
 */

const FIRST_RETRY = 500;
const LAST_RETRY = 3000;
const HIDDEN_RETRY = 30_000; // a tab that nobody looks at may wait
const QUIET = 20_000; // after so much silence we ask
const PATIENCE = 6000; // for an answer, and for a handshake
const WAKING_PATIENCE = 2500; // the same, just after waking up
const BEAT = 1000;
const SLEPT = 5000; // a beat so much later than the last one: the page was asleep

const WAKING = [
  [document, "visibilitychange"],
  [document, "resume"], // a frozen tab goes on
  [window, "pageshow"],
  [window, "online"],
];

export class Connection {
  up = false;
  #socket = null;
  #startedAt = 0;
  #heard = false;
  #attempts = 0;
  #timer = 0; // the next attempt, question or deadline: one at a time
  #beat = 0;
  #beatAt = 0;
  #closed = false;

  constructor({ url, onMessage, onChange, onEnd }) {
    this.url = url;
    this.onMessage = onMessage;
    this.onChange = onChange;
    this.onEnd = onEnd;
    this.wake = () => document.visibilityState === "visible" && this.check();
  }

  open() {
    for (const [target, name] of WAKING) target.addEventListener(name, this.wake);
    this.#beatAt = Date.now();
    this.#beat = setInterval(() => this.#noticeSleep(), BEAT);
    this.#connect();
  }

  close() {
    this.#closed = true;
    for (const [target, name] of WAKING) target.removeEventListener(name, this.wake);
    clearInterval(this.#beat);
    this.#drop();
  }

  send(message) {
    if (this.up) this.#socket.send(JSON.stringify(message));
  }

  /** Is it still alive? If it does not answer soon, a new one takes its place. */
  check() {
    if (this.#closed) return;
    const pausing = this.#socket === null;
    if (this.up) this.#ask(WAKING_PATIENCE);
    else if (pausing || performance.now() - this.#startedAt > WAKING_PATIENCE) this.#connect();
  }

  /** A machine that was shut tells nobody when it is opened again. */
  #noticeSleep() {
    const passed = Date.now() - this.#beatAt;
    this.#beatAt += passed;
    if (passed > SLEPT) this.wake();
  }

  #connect() {
    this.#drop();
    const address = new URL(this.url(), window.location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.#startedAt = performance.now();
    this.#socket = socket;
    this.#after(PATIENCE, () => this.#lost(socket, 0));
    socket.onopen = () => (this.up = true);
    socket.onmessage = (event) => this.#received(event.data);
    socket.onclose = (event) => this.#lost(socket, event.code);
  }

  #received(text) {
    // Only a server that speaks counts as reached: refusals open and close at once.
    this.#attempts = 0;
    this.#listen();
    if (!this.#heard) this.onChange(true);
    this.#heard = true;
    const message = parse(text);
    if (message && message.type !== "pong") this.onMessage(message);
  }

  #lost(socket, code) {
    if (socket !== this.#socket) return;
    // An attempt that nobody answered was a pause in itself.
    const waited = this.#heard ? 0 : performance.now() - this.#startedAt;
    if (this.#heard) this.onChange(false);
    this.#drop();
    if (code >= 4500 && code <= 4999) {
      this.close();
      this.onEnd(code);
      return;
    }
    const longest = document.hidden ? HIDDEN_RETRY : LAST_RETRY;
    const delay = Math.min(longest, FIRST_RETRY * 2 ** this.#attempts);
    this.#attempts += 1;
    this.#after(delay * (0.5 + Math.random() / 2) - waited, () => this.#connect());
  }

  #listen() {
    this.#after(QUIET, () => this.#ask(PATIENCE));
  }

  #ask(patience) {
    const socket = this.#socket;
    this.send({ type: "ping" });
    this.#after(patience, () => this.#lost(socket, 0));
  }

  #after(delay, action) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, delay);
  }

  #drop() {
    clearTimeout(this.#timer);
    this.up = this.#heard = false;
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}

function parse(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
