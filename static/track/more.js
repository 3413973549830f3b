/* What the customer's page has beside the tracking: notifications, the code for the courier, a note
 * for him, a conversation with the business; after the delivery its proof, and a rating.
 *
 * Loaded once the sentence and the map are there. GET …/more says what there is and what may be
 * done now; the socket only says that it is time to ask again.
 */

import { stylesheet } from "../shared/page.js";
import { make } from "./form.js";
import { element } from "./sheet.js";
import { Notices } from "./notices.js";
import { Note, Talk } from "./talk.js";
import { Proof, Rating } from "./thanks.js";
import { words } from "./words.js";

const NEWS = new Set(["snapshot", "message", "proof"]); // a status is followed by its snapshot

/** The four digits for the courier. */
class Code {
  #digits = make("span", { "aria-hidden": "true" });
  #spoken = make("span", { class: "sr-only" });
  root = make(
    "section",
    { class: "beside-code" },
    make("h2", {}, words.beside.code),
    make("p", { class: "beside-digits", dir: "ltr" }, this.#digits, this.#spoken),
    make("p", {}, words.beside.code_when),
  );

  take({ code }) {
    this.root.hidden = code === null;
    this.#digits.textContent = code ?? "";
    this.#spoken.textContent = [...(code ?? "")].join(" ");
  }
}

/** All of it, below the page's actions. */
export class Beside {
  #parts = [new Notices(), new Code(), new Rating(), new Proof(), new Note(), new Talk()];
  #root = make("div", { class: "beside" }, ...this.#parts.map((part) => part.root));
  #asking = true; // nothing is shown before its styles are there
  #again = false; // there was news while it was asked

  /** What there is, on the page; its styles are loaded first. */
  async start() {
    await stylesheet("/static/track/more.css");
    this.#asking = false;
    await this.#ask();
  }

  /** A message of the page's socket. */
  hear({ type }) {
    if (NEWS.has(type)) void this.#ask();
  }

  async #ask() {
    this.#again = this.#asking;
    if (this.#asking) return;
    this.#asking = true;
    try {
      const response = await fetch(`${window.location.pathname}/more`);
      if (response.ok) this.#take(await response.json());
    } catch {
      // no network: the socket's first message after it asks again
    } finally {
      this.#asking = false;
    }
    if (this.#again) await this.#ask();
  }

  #take(more) {
    for (const part of this.#parts) part.take(more);
    if (!this.#root.isConnected) element("actions").after(this.#root);
  }
}
