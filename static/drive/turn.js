/**
 * Which of the pages that are open on this phone records: one at a time, by a lock of the browser
 * that ends with its page, however that ends. Where there are no such locks, every page may.
 */
const NAME = 'ontheway-recording';

export class RecordingTurn {
  #has = false;
  #waits = false;
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
  get waits() { return this.#waits; }

  /** Ask for the turn, to be had once nobody has it; `now`: take it from whoever has it. */
  take(now = false) {
    if (this.#has || (this.#wanted && !now)) return;
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
    this.#has = this.#waits = false;
    this.#release?.();
    this.#release = null;
  }

  #ask(options) {
    const mine = this.#wanted;
    navigator.locks.request(NAME, options, (lock) => {
      if (mine !== this.#wanted) return undefined;
      if (lock) return this.#got();
      this.#waits = true;
      this.#ask({ signal: mine.signal });
      this.#events.onWaits();
      return undefined;
    }).catch((error) => this.#ended(mine, error));
  }

  /** Had until the promise settles. */
  #got() {
    this.#has = true;
    this.#waits = false;
    const until = new Promise((resolve) => { this.#release = resolve; });
    this.#events.onTurn();
    return until;
  }

  #ended(asking, error) {
    if (asking !== this.#wanted) return; // it was given, or asked anew
    if (error.name !== 'AbortError') return void this.#got(); // a browser that allows no locks here
    this.give();
    this.#events.onLost();
  }
}
