/**
 * A driver's connection from a browser: an outbox that survives a reload, and the socket that
 * empties it. It knows nothing of the page. The wire is that of `/ws/driver`.
 */

// 200 points are about 50 KB, well below the server's limit of a frame (128 KiB, 500 points).
const BATCH = 200;
const KEEP_POINTS = 5000;
const PING_EVERY = 20_000;
const SILENT_AFTER = 45_000;
const UNANSWERED_AFTER = 20_000;
const CONNECT_WITHIN = 15_000;
const LONGEST_WAIT = 30_000;

// New for every load of the page, with the time in front: two tabs, or a page that crashed before
// its counter was written, can never name two messages alike, and names sort by age.
const session = Date.now().toString(36) + crypto.getRandomValues(new Uint32Array(1))[0].toString(36);
let counter = 0;

/** A name for a message that no other message of this driver has. */
export function newId() {
  return `${session}-${String(++counter).padStart(6, '0')}`;
}

/** What the server has not answered yet: in memory, and one localStorage entry a message. */
export class Outbox {
  #messages = new Map();
  #prefix;
  storageFull = false;
  dropped = 0;

  constructor(driverId) {
    this.#prefix = `ontheway.out.${driverId}.`;
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.#prefix)).sort();
    for (const key of keys) {
      const message = JSON.parse(localStorage.getItem(key));
      this.#messages.set(message.id, message);
    }
  }

  get points() { return this.all.filter(isPoint); }
  get all() { return [...this.#messages.values()]; }
  get(id) { return this.#messages.get(id); }

  put(message) {
    this.#messages.set(message.id, message);
    if (this.#messages.size > KEEP_POINTS) this.#dropOldest();
    try {
      localStorage.setItem(this.#prefix + message.id, JSON.stringify(message));
    } catch {
      this.storageFull = true; // Kept in memory: the page says that a reload would lose it.
    }
  }

  remove(id) {
    this.#messages.delete(id);
    localStorage.removeItem(this.#prefix + id);
    if (this.#messages.size === 0) this.storageFull = false;
  }

  clear() {
    for (const message of this.all) this.remove(message.id);
  }

  #dropOldest() {
    const oldest = this.all.find(isPoint);
    if (!oldest) return;
    this.remove(oldest.id);
    this.dropped += 1;
  }
}

function isPoint(message) {
  return message.type === 'location_update';
}

/**
 * The socket. `tick()` must be called about once a second.
 * `onState(state)`: {kind: 'connecting' | 'open' | 'waiting' | 'ended', until?, code?}.
 * `onMessage(message, settled)`: a message of the server, and what of the outbox it answered.
 */
export class DriverLink {
  outbox = null;
  #token;
  #onState;
  #onMessage;
  #socket = null;
  #state = { kind: 'waiting', until: 0 };
  #tries = 0;
  #batch = BATCH;
  #interval = 5;
  #inFlight = new Map(); // id → message
  #lastPart = []; // the points of the frame that waits for its answers, as sent
  #heardAt = 0;
  #pingedAt = 0;
  #sentAt = 0;
  #pointsFrom = 0;
  #pausedUntil = 0;

  constructor(token, { outbox, onState, onMessage }) {
    this.#token = token;
    this.outbox = outbox;
    this.#onState = onState;
    this.#onMessage = onMessage;
  }

  get state() { return this.#state; }
  /** Seconds between reports, as the server wishes. */
  get interval() { return this.#interval; }

  connect() {
    this.#abandon();
    const address = new URL('/ws/driver', location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    const socket = new WebSocket(address, ['ontheway', this.#token]);
    const current = (act) => (event) => { if (socket === this.#socket) act(event); };
    socket.onmessage = current((event) => this.#receive(JSON.parse(event.data)));
    socket.onclose = current((event) => this.#lost(event.code));
    this.#socket = socket;
    this.#heardAt = Date.now();
    this.#enter({ kind: 'connecting' });
  }

  /** End for good. */
  close() {
    this.#abandon();
    this.#enter({ kind: 'ended' });
  }

  /** Queue a message and send it as soon as it may go. */
  send(message) {
    this.outbox.put(message);
    this.flush();
  }

  /** Send what may go now; `all`: also points that would wait for the next report. */
  flush(all = false) {
    const now = Date.now();
    if (this.#state.kind !== 'open' || now < this.#pausedUntil) return;
    for (const message of this.outbox.all) {
      if (!isPoint(message) && !this.#inFlight.has(message.id)) this.#post(message, [message]);
    }
    // One frame of points at a time: whatever gathers meanwhile goes together in the next.
    if ([...this.#inFlight.values()].some(isPoint)) return;
    const points = this.outbox.points;
    const due = all || points.length >= this.#batch || now >= this.#pointsFrom;
    if (points.length === 0 || !due) return;
    const part = points.slice(0, this.#batch);
    this.#lastPart = part;
    this.#pointsFrom = now + this.#interval * 900; // A tenth early: phones' clocks tick unevenly.
    if (part.length === 1) this.#post(part[0], part);
    else this.#post({ type: 'location_batch', locations: part.map(withoutType) }, part);
  }

  tick() {
    const now = Date.now();
    const { kind, until } = this.#state;
    if (kind === 'waiting' && now >= until) return this.connect();
    if (kind === 'connecting' && now - this.#heardAt > CONNECT_WITHIN) return this.#lost(0);
    if (kind !== 'open') return;
    const unanswered = this.#inFlight.size > 0 && now - this.#sentAt > UNANSWERED_AFTER;
    if (unanswered || now - this.#heardAt > SILENT_AFTER) return this.#lost(0);
    if (now - this.#pingedAt > PING_EVERY) {
      this.#pingedAt = now;
      this.#socket.send('{"type":"ping"}');
    }
    this.flush();
  }

  #post(frame, messages) {
    for (const message of messages) this.#inFlight.set(message.id, message);
    this.#sentAt = Date.now();
    this.#socket.send(JSON.stringify(frame));
  }

  #receive(message) {
    this.#heardAt = Date.now();
    let settled = [];
    if (message.type === 'welcome') this.#welcomed(message);
    else if (message.type === 'ack') settled = message.ids;
    else if (message.type === 'reject') settled = this.#rejected(message);
    else if (message.type === 'retry') this.#retry(message);
    else if (message.type === 'report_interval') this.#interval = message.seconds;
    else if (message.type === 'error' && message.code === 'too_large') this.#halve();
    const known = settled.map((id) => this.outbox.get(id)).filter(Boolean);
    for (const id of settled) this.#settle(id);
    // The page hears of it first: a welcome may change whose outbox this is.
    this.#onMessage(message, known);
    this.flush();
  }

  #welcomed(message) {
    this.#tries = 0;
    this.#interval = message.reportInterval;
    this.#pingedAt = this.#heardAt;
    this.#pointsFrom = 0;
    this.#pausedUntil = 0;
    this.#enter({ kind: 'open' });
  }

  #rejected({ id, index, code }) {
    if (id !== null) return [id];
    const points = this.#lastPart.filter((point) => this.#inFlight.has(point.id));
    if (index !== undefined) return [this.#lastPart[index].id];
    if (code === 'too_many' && this.#batch > 1) {
      this.#halve();
      for (const point of points) this.#inFlight.delete(point.id);
      return [];
    }
    return points.map((point) => point.id); // The frame as a whole: it must never be sent again.
  }

  #retry({ ids, afterMs }) {
    for (const id of ids) this.#inFlight.delete(id);
    this.#pausedUntil = Date.now() + afterMs;
    this.#pointsFrom = 0;
    setTimeout(() => this.flush(), afterMs + 20);
  }

  #halve() {
    this.#batch = Math.max(1, Math.floor(this.#batch / 2));
  }

  #settle(id) {
    this.#inFlight.delete(id);
    this.outbox.remove(id);
  }

  #lost(code) {
    this.#abandon();
    if (code >= 4500) return this.#enter({ kind: 'ended', code });
    const longest = Math.min(LONGEST_WAIT, 1000 * 2 ** this.#tries++);
    const wait = longest * (0.5 + Math.random() / 2);
    this.#enter({ kind: 'waiting', until: Date.now() + wait });
  }

  #abandon() {
    const socket = this.#socket;
    this.#socket = null;
    this.#inFlight.clear();
    socket?.close();
  }

  #enter(state) {
    this.#state = state;
    this.#onState(state);
  }
}

function withoutType({ type, ...point }) {
  return point;
}
