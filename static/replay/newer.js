/* Whether a past that is shown went on meanwhile: somebody drives on, or somebody changed the order.
 * What is shown stays as it is, and its export with it, until the person wants the rest.
 *
 *   const newer = new Newer(button, onWanted)
 *   newer.watch(wanted, until)   what is shown, and up to when it was read
 *   newer.stop()
 */

import { pastOf } from "./form.js";
import { Refusal, readLines } from "./lines.js";

const EVERY = 5_000; // milliseconds between two looks

export class Newer {
  #looking = null; // the AbortController of what is watched

  constructor(button, onWanted) {
    this.button = button;
    button.addEventListener("click", onWanted);
  }

  watch(wanted, until) {
    this.stop();
    if (wanted.kind === "fleet" || (wanted.to !== null && wanted.to <= until)) return;
    this.#looking = new AbortController();
    void this.#watch(pastOf({ ...wanted, from: until + 1 }), until, this.#looking.signal);
  }

  stop() {
    this.#looking?.abort();
    this.button.hidden = true;
  }

  async #watch(address, until, signal) {
    while (!signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, EVERY));
      if (signal.aborted || document.hidden || !(await wentOn(address, until, signal))) continue;
      this.button.hidden = false;
      return;
    }
  }
}

async function wentOn(address, until, signal) {
  let found = false;
  const onLine = ({ type, events = [], rows = [] }) => {
    found ||= type === "begin" ? events.some(([at]) => at > until) : rows.length > 0;
  };
  try {
    await readLines(address, { signal, onLine });
  } catch (error) {
    if (!signal.aborted && !(error instanceof Refusal)) throw error;
  }
  return found && !signal.aborted;
}
