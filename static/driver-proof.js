/** Proof of delivery: photos, signatures and codes, kept on the phone until the server has them. */
import { newId } from './driver-outbox.js';

const AGAIN_AFTER = 15_000;
const ANSWER_WITHIN = 60_000;
const PHOTO_SIDE = 1600; // pixels: enough to read a label, a tenth of what a camera makes
const PHOTO_QUALITY = 0.8;

export class ProofQueue {
  #store;
  #driver;
  #token;
  #onChange;
  #onRefused;
  #entries = new Map(); // id → {driver, id, orderId, kind, at, blob?, code?}
  #given = new Set(); // `${orderId} ${kind}`: what the server has
  #sending = false;
  #notBefore = 0;

  /**
   * Those that an earlier page left. `onChange()`: one was given; `onRefused(orderId, words)`: the
   * server will not have one.
   */
  static async open(store, driver, token, { onChange, onRefused }) {
    const queue = new ProofQueue();
    queue.#store = store;
    queue.#driver = driver;
    queue.#token = token;
    queue.#onChange = onChange;
    queue.#onRefused = onRefused;
    for (const entry of await store.proofs(driver)) queue.#entries.set(entry.id, entry);
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
    await this.#store.putProof(entry).catch(() => {}); // not kept, it is sent all the same
    await this.hurry();
  }

  /** The server is reached again: send without waiting any longer. */
  hurry() {
    this.#notBefore = 0;
    return this.send();
  }

  /** Send what waits, one after the other; to be called about once a second. */
  async send() {
    if (this.#sending || Date.now() < this.#notBefore || !navigator.onLine) return;
    this.#sending = true;
    try {
      for (const entry of [...this.#entries.values()]) {
        if (!await this.#sendOne(entry)) break;
      }
    } finally {
      this.#sending = false;
    }
  }

  clear() {
    for (const entry of this.#entries.values()) this.#forget(entry);
  }

  /** Whether the next may follow. */
  async #sendOne(entry) {
    const answer = await this.#post(entry).catch(() => null);
    if (!answer || answer.status === 401 || answer.status === 429 || answer.status >= 500) {
      const after = Number(answer?.headers.get('Retry-After')) * 1000 || AGAIN_AFTER;
      this.#notBefore = Date.now() + after;
      return false;
    }
    this.#forget(entry);
    if (answer.ok) this.#given.add(`${entry.orderId} ${entry.kind}`);
    else this.#onRefused(entry.orderId, (await answer.json().catch(() => null))?.error?.message ?? '');
    this.#onChange();
    return true;
  }

  #post({ id, orderId, kind, at, blob, code }) {
    const fields = new URLSearchParams({ kind, id, at, ...(code && { code }) });
    const address = `/drive/proof/${encodeURIComponent(orderId)}`;
    const headers = { Authorization: `Bearer ${this.#token}` };
    if (blob) headers['Content-Type'] = blob.type;
    return fetch(blob ? `${address}?${fields}` : address, {
      method: 'POST', headers, body: blob ?? fields, signal: AbortSignal.timeout(ANSWER_WITHIN),
    });
  }

  #forget({ id }) {
    this.#entries.delete(id);
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
