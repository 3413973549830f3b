/**
 * A driver's connection from a browser: the socket that empties an outbox. It knows nothing of the
 * page. The wire is that of `/ws/driver`.
 */
import { isPoint } from './outbox.js';

// 200 points are about 50 KB, well below the server's limit of a frame (128 KiB, 500 points).
const BATCH = 200;
const PING_EVERY = 20_000;
const SILENT_AFTER = 45_000;
const UNANSWERED_AFTER = 20_000;
const CONNECT_WITHIN = 15_000;
const LONGEST_WAIT = 30_000;

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
  #reportedAt = 0;
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

  /** Queue a message and send it as soon as it is kept and may go, not before `holdUntil`. */
  async send(message, holdUntil) {
    await this.outbox.put(message, holdUntil);
    this.flush();
  }

  /** Send what may go now; `all`: also points that would wait for the next report. */
  flush(all = false) {
    const now = Date.now();
    if (this.#state.kind !== 'open' || !this.outbox || now < this.#pausedUntil) return;
    for (const message of this.outbox.due(now)) {
      if (!this.#inFlight.has(message.id)) this.#post(message, [message]);
    }
    // One frame of points at a time: whatever gathers meanwhile goes together in the next.
    if ([...this.#inFlight.values()].some(isPoint)) return;
    // A tenth early: phones' clocks tick unevenly.
    const due = all || this.outbox.points >= this.#batch || now >= this.#reportedAt + this.#interval * 900;
    const part = due ? this.outbox.firstPoints(this.#batch) : [];
    if (part.length === 0) return;
    this.#lastPart = part;
    this.#reportedAt = part.length < this.outbox.points ? 0 : now; // a backlog goes without a pause
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
    this.#settle(settled);
    // The page hears of it first: a welcome may change whose outbox this is.
    this.#onMessage(message, known);
    this.flush();
  }

  #welcomed(message) {
    this.#tries = 0;
    this.#interval = message.reportInterval;
    this.#pingedAt = this.#heardAt;
    this.#reportedAt = 0;
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
    this.#reportedAt = 0;
    setTimeout(() => this.flush(), afterMs + 20);
  }

  #halve() {
    this.#batch = Math.max(1, Math.floor(this.#batch / 2));
  }

  #settle(ids) {
    for (const id of ids) this.#inFlight.delete(id);
    if (ids.length) this.outbox.remove(ids);
  }

  #lost(code) {
    this.#abandon();
    if (code >= 4500) return this.#enter({ kind: 'ended', code });
    const longest = Math.min(LONGEST_WAIT, 1000 * 2 ** this.#tries++);
    const wait = longest * (0.5 + Math.random() / 2);
    this.#enter({ kind: 'waiting', until: Date.now() + wait, code });
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
