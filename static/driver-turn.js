/**
 * Which of the pages that are open on this phone records: one at a time, by a lock of the browser
 * that ends with its page, however that ends. Where there are no such locks, every page may.
 */
const NAME = 'ontheway-recording';

export class RecordingTurn {
  #has = false;
  #wanted = null; // AbortController of the asking, while it waits or has the turn
  #release = null;
  #events;
  #channel = window.BroadcastChannel ? new BroadcastChannel(NAME) : null;

  /**
   * `onTurn()`: this page may record. `onLost()`: another took over. `onWaits()`: this one waits
   * for another to end. `onTold(news)`: what another page of this phone told with `tell`.
   */
  constructor(events) {
    this.#events = events;
    if (this.#channel) this.#channel.onmessage = ({ data }) => events.onTold(data);
  }

  /** Whether this page may record. */
  get has() { return this.#has; }

  /** Whether it waits for another page to end. */
  get waits() { return this.#wanted !== null && !this.#has; }

  /** Ask for the turn, to be had once nobody has it; `now`: take it from whoever has it. */
  take(now = false) {
    if (this.#has || (this.waits && !now)) return;
    this.#wanted?.abort();
    this.#wanted = new AbortController();
    if (!navigator.locks) return this.#got();
    // Asked twice, as only the first answer tells at once whether another page has it.
    if (now) this.#ask({ steal: true });
    else this.#ask({ ifAvailable: true });
  }

  /** Tell the other pages of this phone. */
  tell(news) {
    this.#channel?.postMessage(news);
  }

  /** Let others have it, and ask no more. */
  give() {
    this.#wanted?.abort();
    this.#wanted = null;
    this.#has = false;
    this.#release?.();
    this.#release = null;
  }

  #ask(options) {
    const mine = this.#wanted;
    navigator.locks.request(NAME, options, (lock) => {
      if (mine !== this.#wanted) return undefined;
      if (lock) return this.#got();
      this.#ask({ signal: mine.signal });
      this.#events.onWaits();
      return undefined;
    }).catch(() => this.#lost(mine));
  }

  /** Had until the promise settles. */
  #got() {
    this.#has = true;
    const until = new Promise((resolve) => { this.#release = resolve; });
    this.#events.onTurn();
    return until;
  }

  #lost(asking) {
    if (asking !== this.#wanted) return; // it was given, or asked anew
    this.give();
    this.#events.onLost();
  }
}
