/** Proof of delivery: photos, signatures and codes, kept on the phone until the server has them. */
import { newId } from './outbox.js';

const AGAIN_AFTER = 15_000;
const LONGEST_TRIES = 8; // the pause between two tries of one grows no longer than with these
const ANSWER_WITHIN = 60_000;
const SLOWEST = 5; // times ANSWER_WITHIN
// Refusals that no second try would change, and those of the token, if the server itself says so.
const FINAL = new Set([404, 409, 413, 415, 422]);
const DEAD_TOKEN = new Set([401, 410]);
const PHOTO_SIDE = 1600; // pixels: enough to read a label, a tenth of what a camera makes
const PHOTO_QUALITY = 0.8;

export class ProofQueue {
  #store;
  #driver;
  #token;
  #onChange;
  #onRefused;
  #unkept;
  #entries = new Map(); // id → {driver, id, orderId, kind, at, blob?, code?}
  #given = new Set(); // `${orderId} ${kind}`: what the server has
  #waits = new Map(); // id → {tries, until}: those whose turn comes later
  #sending = false;
  #stopped = false;
  #notBefore = 0;

  /**
   * Those that an earlier page left, and those of `unkept`, a map by id of what the phone could not
   * keep. `onChange()`: one was given; `onRefused(orderId, words)`: the server will not have one.
   */
  static async open(store, driver, token, { unkept, onChange, onRefused }) {
    const queue = new ProofQueue();
    queue.#store = store;
    queue.#driver = driver;
    queue.#token = token;
    queue.#onChange = onChange;
    queue.#onRefused = onRefused;
    queue.#unkept = unkept;
    const unsent = [...await store.proofs(driver), ...unkept.values()];
    for (const entry of unsent) if (entry.driver === driver) queue.#entries.set(entry.id, entry);
    return queue;
  }

  get size() { return this.#entries.size; }

  /** 'waiting' to be sent, 'given', or undefined. */
  state(orderId, kind) {
    const waits = [...this.#entries.values()].some((it) => it.orderId === orderId && it.kind === kind);
    return waits ? 'waiting' : this.#given.has(`${orderId} ${kind}`) ? 'given' : undefined;
  }

  async add(orderId, kind, content) {
    const entry = { driver: this.#driver, id: newId(), orderId, kind, at: new Date().toISOString(), ...content };
    this.#entries.set(entry.id, entry);
    // Not kept on the phone, it is sent all the same: the page says that a reload would lose it.
    await this.#store.putProof(entry).catch(() => {
      if (this.#entries.has(entry.id)) this.#unkept.set(entry.id, entry);
    });
    await this.hurry();
  }

  /** The server is reached again: send without waiting any longer. */
  hurry() {
    this.#notBefore = 0;
    return this.send();
  }

  /** Send what waits, one after the other; to be called about once a second. */
  async send() {
    if (this.#sending || !this.#mayGoOn || !navigator.onLine) return;
    this.#sending = true;
    try {
      for (const entry of [...this.#entries.values()]) {
        if (!this.#mayGoOn) break;
        if (Date.now() >= (this.#waits.get(entry.id)?.until ?? 0)) await this.#sendOne(entry);
      }
    } finally {
      this.#sending = false;
    }
  }

  /** Send nothing any more; what waits stays on the phone. */
  close() {
    this.#stopped = true;
  }

  clear() {
    for (const entry of this.#entries.values()) this.#forget(entry);
  }

  get #mayGoOn() { return !this.#stopped && Date.now() >= this.#notBefore; }

  async #sendOne(entry) {
    const tries = this.#waits.get(entry.id)?.tries ?? 0;
    let answer;
    try {
      answer = await this.#post(entry, ANSWER_WITHIN * Math.min(tries + 1, SLOWEST));
    } catch (error) {
      if (error.name === 'TimeoutError') this.#later(entry); // the others may be smaller
      else this.#noAnswer(entry);
      return;
    }
    this.#answered(entry, answer, await answer.json().catch(() => null));
  }

  /** Only words of our own server end it: between it and the phone others answer too. */
  #answered(entry, { status, headers }, body) {
    const refusal = body?.error?.code && body.error;
    if (status === 201 && body?.id) {
      this.#given.add(`${entry.orderId} ${entry.kind}`);
      this.#forget(entry);
    } else if (this.#stopped) {
      return; // it waits for whom it is opened next
    } else if (refusal && FINAL.has(status)) {
      this.#forget(entry);
      this.#onRefused(entry.orderId, refusal.message ?? '');
    } else if (refusal && DEAD_TOKEN.has(status)) {
      this.#stopped = true;
    } else {
      this.#later(entry, Number(headers.get('Retry-After')) * 1000);
    }
    this.#onChange();
  }

  #later({ id }, after) {
    const tries = (this.#waits.get(id)?.tries ?? 0) + 1;
    const pause = after || AGAIN_AFTER * Math.min(tries, LONGEST_TRIES);
    this.#waits.set(id, { tries, until: Date.now() + pause });
  }

  /** All wait; the next time another one begins, should it be this one that breaks the connection. */
  #noAnswer(entry) {
    this.#notBefore = Date.now() + AGAIN_AFTER;
    if (this.#entries.delete(entry.id)) this.#entries.set(entry.id, entry);
  }

  #post({ id, orderId, kind, at, blob, code }, within) {
    const fields = new URLSearchParams({ kind, id, at, ...(code && { code }) });
    const address = `/drive/proof/${encodeURIComponent(orderId)}`;
    const headers = { Authorization: `Bearer ${this.#token}` };
    if (blob) headers['Content-Type'] = blob.type;
    return fetch(blob ? `${address}?${fields}` : address, {
      method: 'POST', headers, body: blob ?? fields, signal: AbortSignal.timeout(within),
    });
  }

  #forget({ id }) {
    this.#entries.delete(id);
    this.#waits.delete(id);
    this.#unkept.delete(id);
    this.#store.removeProof(this.#driver, id).catch(() => {});
  }
}

/** A camera's picture, small enough for a phone's network. */
export async function smaller(file) {
  const image = await createImageBitmap(file);
  const scale = Math.min(1, PHOTO_SIDE / Math.max(image.width, image.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', PHOTO_QUALITY));
}
