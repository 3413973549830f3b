/**
 * Recording as the driver's page sees it: begun and ended by the driver, by the server's word on his
 * duty, or by another page of the same phone, of which one records at a time.
 */
import { PositionRecorder } from './recorder.js';
import { RecordingTurn } from './turn.js';

export class Recording {
  signal = ''; // what is wrong with the phone's position
  #recorder;
  #turn;
  #page;
  #store = null;
  #pressed = false; // the driver began it on this page

  /**
   * `gap()`: the least seconds between two fixes of nearly the same place; `onFix(fix)`: one to
   * keep. `onDuty()` and `driver()`: as the page knows them now. `onBegun()`: this page records.
   * `onDutyTold(on)`: what another page of this driver heard. `render()`: something is another now.
   */
  constructor({ gap, onFix, ...page }) {
    this.#page = page;
    this.#recorder = new PositionRecorder({ gap, onFix, onProblem: (words) => this.#problem(words) });
    this.#turn = new RecordingTurn({
      onTurn: () => this.#begin(),
      onWaits: page.render,
      onTold: (news) => this.#told(news),
      onLost: () => this.#lost(),
    });
  }

  get running() { return this.#recorder.running; }
  /** Whether another page of this phone records. */
  get elsewhere() { return this.#turn.waits; }
  /** The newest point. */
  get fix() { return this.#recorder.fix; }

  /** Where the phone keeps whether it records. */
  set store(store) { this.#store = store; }

  /** Go on as the phone did before. */
  resume() {
    this.#turn.take();
  }

  /** The driver begins; from another page, if that records. */
  async start() {
    this.signal = '';
    this.#pressed = true;
    await this.#keep(true);
    this.#turn.take(this.#turn.waits);
    this.#page.render();
  }

  async stop(why = '') {
    this.signal = why;
    this.#pressed = false;
    this.#recorder.stop();
    // What the phone keeps is of all its pages: one that waits for its turn must not end another's.
    if (this.#turn.has) await this.#keep(false);
    this.#turn.give();
    this.#page.render();
  }

  /** Tell the other pages of this driver whether he is on duty, and whether this one records. */
  tell() {
    this.#turn.tell({ driver: this.#page.driver(), onDuty: this.#page.onDuty(), running: this.running });
  }

  async #begin() {
    // The page that had the turn may have ended it all.
    const goesOn = this.#pressed || (await this.#store.state()).recording;
    if (!this.#turn.has) return;
    if (goesOn && this.#page.onDuty()) this.#recorder.start();
    else this.#turn.give();
    if (this.running) {
      this.tell();
      this.#page.onBegun();
    }
    this.#page.render();
  }

  #lost() {
    this.#pressed = false;
    this.#recorder.stop();
    this.#turn.take(); // back when the other ends
    this.#page.render();
  }

  #told({ driver, onDuty, running }) {
    if (!driver || driver !== this.#page.driver()) return;
    this.#page.onDutyTold(onDuty);
    if (running) this.#turn.take();
    this.#page.render();
  }

  #problem(words) {
    if (words === this.signal) return;
    this.signal = words;
    if (this.running) this.#page.render();
    else this.stop(words);
  }

  // A phone that keeps nothing records all the same.
  #keep(recording) {
    return this.#store.set('recording', recording).catch(() => {});
  }
}
