/** Proof of delivery as the page uses it: asked for, kept, and on its way to the server. */
import { ProofQueue } from './driver-proof.js';
import { ProofDialogs } from './driver-proof-dialogs.js';

export class Proving {
  #queue = null;
  #opening = 0;
  #dialogs;
  #say;
  #render;

  /** `say(words)`: tell the driver; `render()`: something is another now. */
  constructor({ file, code, signature, say, render }) {
    this.#say = say;
    this.#render = render;
    this.#dialogs = new ProofDialogs({
      file, code, signature,
      onProof: (orderId, kind, content) => this.#give(orderId, kind, content),
      onUnreadable: () => say('That file is no picture that this browser can read.'),
    });
  }

  get size() { return this.#queue?.size ?? 0; }

  /** From now on it is this driver's. */
  async open(store, driver, token) {
    const mine = ++this.#opening;
    this.#queue = null;
    const queue = await ProofQueue.open(store, driver, token, {
      onChange: this.#render,
      onRefused: (orderId, words) => this.#say(`Order ${orderId}: the proof was not taken. ${words}`),
    });
    if (mine !== this.#opening) return;
    this.#queue = queue;
    queue.send();
  }

  /** 'waiting' to be sent, 'given', or undefined. */
  state(orderId, kind) { return this.#queue?.state(orderId, kind); }

  ask(orderId, kind) { this.#dialogs.ask(orderId, kind); }

  /** Send what waits, if it is time; to be called about once a second. */
  tick() { this.#queue?.send(); }

  /** The server is reached again. */
  hurry() { this.#queue?.hurry(); }

  clear() { this.#queue?.clear(); }

  #give(orderId, kind, content) {
    this.#say('');
    this.#queue?.add(orderId, kind, content);
    this.#render();
  }
}
