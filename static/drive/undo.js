/** The line that takes a press back, for as long as it can be: a held change of status. */
import { put, statusWords } from './words.js';

/** Milliseconds in which a change of status can be taken back. */
export const UNDO_FOR = 6000;

// A reload hides the page for a moment too, and must not send what can still be taken back.
const REALLY_HIDDEN = 400;

export class UndoLine {
  #root;
  #button;
  #outbox;
  #onUndone;

  /**
   * `outbox()`: the one that holds the change, or null. `onUndone()`: it was taken back.
   * `onReleased()`: it may be sent now.
   */
  constructor(root, { outbox, onUndone, onReleased }) {
    this.#root = root;
    this.#button = root.querySelector('button');
    this.#outbox = outbox;
    this.#onUndone = onUndone;
    this.#button.addEventListener('click', () => this.#undo());
    // A phone that is put away may not run this page again for long: then the change goes at once.
    document.addEventListener('visibilitychange', () => setTimeout(() => {
      if (!document.hidden) return;
      outbox()?.release();
      onReleased();
    }, REALLY_HIDDEN));
  }

  render() {
    const held = this.#outbox()?.held(Date.now());
    const hadFocus = this.#root.contains(document.activeElement);
    this.#root.hidden = !held;
    if (!held) return hadFocus && document.activeElement?.blur();
    const { message, holdUntil } = held;
    put(this.#root.querySelector('.what'), `Order ${message.orderId}: ${statusWords(message.status)}`);
    put(this.#root.querySelector('.left'), `${Math.ceil((holdUntil - Date.now()) / 1000)} s`);
  }

  #undo() {
    const held = this.#outbox()?.held(Date.now());
    if (!held) return;
    this.#outbox().remove([held.message.id]);
    this.#onUndone(held.message);
  }
}
