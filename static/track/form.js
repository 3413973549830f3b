/* How the customer's page sends something: elements, a form that loses nothing, refusals in words.
 * Every text is set as text.
 */

import { words } from "./words.js";

const PATIENCE = 20_000; // milliseconds until an answer

/** What came in place of an answer; its message is for the reader. */
class Refusal extends Error {}

/** An element with these attributes; strings among ``children`` become text. */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** What opens on demand: its title, a line below that, and what is within. */
export function foldable(title, line, ...children) {
  const summary = make("summary", {}, make("span", {}, make("strong", {}, title), line));
  return make("details", { class: "beside-fold" }, summary, ...children);
}

/** Sends ``body`` to the path ``name`` below the page's own; its answer, or a Refusal. */
export async function post(name, body, headers = {}) {
  try {
    const response = await fetch(`${window.location.pathname}/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.ok) return await response.json();
    throw new Refusal(reason(response.status));
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(words.beside.off);
  }
}

function reason(status) {
  if (status === 404 || status === 410) return words.sentences.ended;
  if (status === 429) return words.beside.often;
  if (status === 403 || status === 409) return words.beside.closed;
  return words.beside.broken;
}

let made = 0;

/** Room for a text of at most ``longest`` characters, and the button that sends it.
 *
 * ``send(text)`` sends it and gives the words of success. What was written stays until then.
 */
export class TextForm {
  #busy = false;
  #longest;
  #required;
  #send;

  constructor({ label, button, longest, required, send }) {
    this.#longest = longest;
    this.#required = required;
    this.#send = send;
    made += 1;
    const said = `beside-said-${made}`;
    this.field = make("textarea", { rows: 3, "aria-describedby": said });
    this.said = make("p", { class: "beside-said", id: said, role: "status" });
    this.button = make("button", { type: "submit", class: "btn btn-primary" }, button);
    this.root = make("form", { novalidate: "" }, make("label", {}, label, this.field));
    this.root.append(this.button, this.said);
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    this.field.addEventListener("input", () => this.#say(""));
  }

  async #submit() {
    if (this.#busy) return;
    const text = this.field.value.trim();
    const wrong = this.#wrong(text);
    if (wrong) {
      this.#say(wrong, true);
      this.field.focus();
      return;
    }
    this.#setBusy(true);
    try {
      this.#say(await this.#send(text));
    } catch (error) {
      this.#say(error instanceof Refusal ? error.message : words.beside.broken, true);
    } finally {
      this.#setBusy(false);
    }
  }

  #wrong(text) {
    if (this.#required && text === "") return words.beside.empty;
    return [...text].length > this.#longest
      ? words.beside.long.replace("{n}", String(this.#longest))
      : "";
  }

  /** What was said of the last success is over; a refusal stays until the next try. */
  settle() {
    if (!this.said.classList.contains("is-bad")) this.#say("");
  }

  /** While it is sent it stays as it is: success may empty the field. */
  #setBusy(busy) {
    this.#busy = busy;
    this.field.readOnly = busy;
    this.button.setAttribute("aria-disabled", String(busy));
  }

  #say(text, bad = false) {
    this.said.textContent = text;
    this.said.classList.toggle("is-bad", bad);
    this.field.setAttribute("aria-invalid", String(bad));
  }
}
