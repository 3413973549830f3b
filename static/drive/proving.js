/** Proof of delivery as the page uses it: asked for, kept, and on its way to the server. */
import { ProofQueue } from './proof.js';
import { ProofDialogs } from './proof-dialogs.js';

export class Proving {
  #queue = null;
  #opening = 0;
  #unkept = new Map(); // id → entry: what the phone could not keep
  #refusals = new Set(); // in words, since the driver last gave one
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

  /** Whether a reload would lose some. */
  get storageFull() { return this.#unkept.size > 0; }

  /** From now on it is this driver's. */
  async open(store, driver, token) {
    this.close();
    const mine = this.#opening;
    const queue = await ProofQueue.open(store, driver, token, {
      unkept: this.#unkept,
      onChange: this.#render,
      onRefused: (orderId, words) => this.#refused(`Order ${orderId}: the proof was not taken. ${words}`),
    });
    if (mine !== this.#opening) return;
    this.#queue = queue;
    queue.send();
  }

  /** Nobody's until it is opened again; what waits stays on the phone. */
  close() {
    this.#opening += 1;
    this.#queue?.close();
    this.#queue = null;
    this.#refusals.clear();
  }

  /** 'waiting' to be sent, 'given', or undefined. */
  state(orderId, kind) { return this.#queue?.state(orderId, kind); }

  ask(orderId, kind) { this.#dialogs.ask(orderId, kind); }

  /** Send what waits, if it is time; to be called about once a second. */
  tick() { this.#queue?.send(); }

  /** The server is reached again. */
  hurry() { this.#queue?.hurry(); }

  /** Forget all, also what no phone could keep. */
  clear() {
    this.#queue?.clear();
    this.#unkept.clear();
    this.close();
  }

  #give(orderId, kind, content) {
    this.#refusals.clear();
    this.#say(this.#queue ? '' : `Order ${orderId}: the proof was not kept. Please give it again.`);
    this.#queue?.add(orderId, kind, content);
    this.#render();
  }

  #refused(words) {
    this.#refusals.add(words);
    this.#say([...this.#refusals].join(' '));
  }
}
