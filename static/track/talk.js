/* What a customer writes while his order is under way: a note for the courier, and questions to the
 * business with their answers.
 */

import { given } from "./state.js";
import { TextForm, foldable, make, post } from "./form.js";
import { fill, short, words } from "./words.js";

const LONGEST_NOTE = 500;
const LONGEST_QUESTION = 1000;

/** One text for the courier; the next replaces it. */
export class Note {
  #known = "";
  #form = new TextForm({
    label: words.beside.note_label,
    button: words.beside.save,
    longest: LONGEST_NOTE,
    required: false,
    send: (text) => this.#send(text),
  });
  #line = make("span", { class: "beside-line", dir: "auto" });
  root = foldable(words.beside.note, this.#line, this.#form.root);

  take({ note, may }) {
    const untouched = this.#form.field.value.trim() === this.#known;
    this.#known = note ?? "";
    if (untouched) this.#form.field.value = this.#known;
    this.#line.textContent = this.#known;
    this.root.hidden = !may.note && untouched;
  }

  async #send(text) {
    const { note } = await post("note", { text });
    this.#form.field.value = note ?? "";
    this.#known = note ?? "";
    this.#line.textContent = this.#known;
    return note ? words.beside.saved : words.beside.removed;
  }
}

/** Questions and answers, and room for the next question. */
export class Talk {
  #shown = new Set(); // the messages that are on the page, by id
  #attempt = null; // the text that is being sent, and its key: sent twice it is one question
  #form = new TextForm({
    label: words.beside.ask_label,
    button: words.beside.send,
    longest: LONGEST_QUESTION,
    required: true,
    send: (text) => this.#send(text),
  });
  #log = make("div", { class: "beside-log", role: "log" });
  #ask = foldable(title(), "", this.#form.root);
  root = make("section", { "aria-label": title() }, this.#log, this.#ask);

  take({ messages, may }) {
    for (const message of messages) this.#add(message);
    this.#log.hidden = this.#shown.size === 0;
    this.#ask.hidden = !may.ask && this.#form.field.value === "";
    this.root.hidden = this.#log.hidden && this.#ask.hidden;
  }

  #add({ id, kind, text, at }) {
    if (this.#shown.has(id)) return;
    this.#shown.add(id);
    const mine = kind === "question";
    const who = mine ? words.beside.you : given.business || words.map.shop;
    const moment = Date.parse(at);
    const time = make("time", { datetime: at }, short(moment));
    const head = make("p", {}, make("strong", { dir: "auto" }, who), " ", time);
    const said = make("p", { class: "beside-text", dir: "auto" }, text);
    this.#log.append(make("div", { class: mine ? "is-mine" : "is-theirs" }, head, said));
    if (!mine) this.#form.settle(); // the answer that was promised is here
  }

  async #send(text) {
    if (this.#attempt?.text !== text) this.#attempt = { text, key: newKey() };
    const message = await post("messages", { text }, { "Idempotency-Key": this.#attempt.key });
    this.#attempt = null;
    this.#form.field.value = "";
    this.#add(message);
    this.#log.hidden = false;
    return words.beside.sent;
  }
}

const title = () =>
  given.business ? fill(words.beside.ask_shop, { shop: given.business }) : words.beside.ask;

/** Without a secure context there is no crypto.randomUUID. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
