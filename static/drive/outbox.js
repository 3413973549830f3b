/** What a driver has to say and the server has not answered: in memory, and kept by the store. */

const KEEP_POINTS = 50_000; // more than half a day of a fix a second

// New for every load of the page, with the time in front: two tabs, or a page that crashed, can
// never name two messages alike, and names sort by age.
const session = Date.now().toString(36) + crypto.getRandomValues(new Uint32Array(1))[0].toString(36);
let counter = 0;

/** A name for a message that no other message of this driver has. */
export function newId() {
  return `${session}-${String(++counter).padStart(6, '0')}`;
}

export class Outbox {
  #store;
  #driver;
  #points = new Map(); // id → message
  #others = new Map(); // id → {message, holdUntil}: changes of status and duty
  storageFull = false;
  dropped = 0;

  /** The messages of a driver as an earlier page left them. */
  static async open(store, driver) {
    const outbox = new Outbox(store, driver);
    for (const { message, holdUntil } of await store.messages(driver)) outbox.#hold(message, holdUntil);
    return outbox;
  }

  /** Take in what another page of this phone kept and could not send before it was closed. */
  async refill() {
    for (const { message, holdUntil } of await this.#store.messages(this.#driver)) {
      if (!this.get(message.id)) this.#hold(message, holdUntil);
    }
  }

  constructor(store, driver) {
    this.#store = store;
    this.#driver = driver;
  }

  get size() { return this.#points.size + this.#others.size; }
  get points() { return this.#points.size; }

  get(id) { return this.#points.get(id) ?? this.#others.get(id)?.message; }

  /** The oldest points. */
  firstPoints(count) {
    const first = [];
    for (const message of this.#points.values()) {
      if (first.length === count) break;
      first.push(message);
    }
    return first;
  }

  /** What is not a point and may be sent now. */
  due(now) {
    return [...this.#others.values()].filter((it) => it.holdUntil <= now).map((it) => it.message);
  }

  /** What can still be taken back: {message, holdUntil}, or undefined. */
  held(now) {
    return [...this.#others.values()].findLast((it) => it.holdUntil > now);
  }

  /** The newest message that fits. */
  newest(fits) {
    return [...this.#others.values()].findLast((it) => fits(it.message))?.message;
  }

  /**
   * Keep a message until it is answered; it is not sent before `holdUntil`. Settled once it is on the
   * disk; a point counts from then on, what the driver pressed at once.
   */
  async put(message, holdUntil = 0) {
    if (!isPoint(message)) this.#hold(message, holdUntil);
    const entry = { driver: this.#driver, id: message.id, message, holdUntil };
    // Not kept on the phone, it stays in memory: the page says that a reload would lose it.
    await this.#store.put(entry).catch(() => { this.storageFull = true; });
    if (isPoint(message)) this.#hold(message, holdUntil);
    if (this.#points.size > KEEP_POINTS) this.#dropOldest();
  }

  /** What is held may go now. */
  release() {
    for (const it of this.#others.values()) it.holdUntil = 0;
  }

  remove(ids) {
    for (const id of ids) {
      this.#points.delete(id);
      this.#others.delete(id);
    }
    if (this.size === 0) this.storageFull = false;
    // A removal that is lost means one more sending, which the server takes for what it is.
    if (ids.length) this.#store.remove(this.#driver, ids).catch(() => {});
  }

  clear() {
    this.remove([...this.#points.keys(), ...this.#others.keys()]);
  }

  #hold(message, holdUntil) {
    if (isPoint(message)) this.#points.set(message.id, message);
    else this.#others.set(message.id, { message, holdUntil });
  }

  #dropOldest() {
    this.remove([this.#points.keys().next().value]);
    this.dropped += 1;
  }
}

export function isPoint(message) {
  return message.type === 'location_update';
}
