/* The field that finds an order or a driver, and the list below it.
 *
 *   const search = new SubjectSearch(root, {onChoose})   onChoose({id, name})
 *   search.kind = "order" | "driver"
 *   search.show({id, name} | null)     what is chosen
 *
 * Every string from outside becomes a text node.
 */

import { dateWords, minuteWords } from "./words.js";

const PAUSE = 200; // milliseconds without a key pressed before a search
const WORDS = {
  order: { label: "Order", hint: "Number, customer or address" },
  driver: { label: "Driver", hint: "Name" },
};
const NOTHING = { order: "No order fits", driver: "No driver fits" };

export class SubjectSearch {
  #kind = "order";
  #items = [];
  #active = -1;
  #timer = 0;
  #turn = 0; // counts searches: an answer to an older one is dropped

  constructor(root, { onChoose }) {
    this.onChoose = onChoose;
    this.field = root.querySelector("#replay-who");
    this.label = root.querySelector("[data-who-label]");
    this.list = root.querySelector("#replay-found");
    this.field.addEventListener("input", () => this.#soon(PAUSE));
    this.field.addEventListener("focus", () => {
      this.field.select();
      this.#soon(0);
    });
    this.field.addEventListener("blur", () => this.#close());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("pointerdown", (event) => this.#pressed(event));
    this.kind = "order";
  }

  set kind(kind) {
    this.#kind = kind;
    if (!(kind in WORDS)) return;
    this.label.textContent = WORDS[kind].label;
    this.field.placeholder = WORDS[kind].hint;
    this.field.value = "";
    this.#close();
  }

  show(subject) {
    this.field.value = subject === null ? "" : wordsOf(subject, this.#kind);
    this.field.title = this.field.value;
  }

  #soon(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#find(), pause);
  }

  async #find() {
    const turn = (this.#turn += 1);
    const chosen = this.field.selectionEnd - this.field.selectionStart === this.field.value.length;
    const q = chosen ? "" : this.field.value.replace(/^#/, "");
    const query = new URLSearchParams({ kind: this.#kind, q });
    try {
      const answer = await fetch(`/api/v1/replay/subjects?${query}`);
      const { items } = answer.ok ? await answer.json() : { items: [] };
      if (turn === this.#turn && document.activeElement === this.field) this.#open(items);
    } catch {
      this.#close(); // without suggestions a number can still be typed whole
    }
  }

  #open(items) {
    this.#items = items;
    this.#active = -1;
    const rows = items.map((item, i) => row(item, i, this.#kind));
    if (rows.length === 0) rows.push(nothing(this.#kind));
    this.list.replaceChildren(...rows);
    this.list.hidden = false;
    this.field.setAttribute("aria-expanded", "true");
    this.field.removeAttribute("aria-activedescendant");
  }

  #close() {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    const open = !this.list.hidden;
    if (event.key === "Escape" && open) this.#close();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!open) this.#soon(0);
      else this.#move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && open) this.#choose(this.#items[Math.max(0, this.#active)]);
    else return;
    event.preventDefault();
  }

  #move(step) {
    const count = this.#items.length;
    if (count === 0) return;
    const from = this.#active < 0 && step < 0 ? 0 : this.#active;
    this.#active = (from + step + count) % count;
    [...this.list.children].forEach((row, i) => {
      row.setAttribute("aria-selected", String(i === this.#active));
    });
    this.field.setAttribute("aria-activedescendant", `replay-found-${this.#active}`);
    this.list.children[this.#active].scrollIntoView({ block: "nearest" });
  }

  #pressed(event) {
    event.preventDefault(); // the focus stays in the field
    const row = event.target.closest("[data-index]");
    if (row) this.#choose(this.#items[Number(row.dataset.index)]);
  }

  #choose(item) {
    if (!item) return;
    this.show(item);
    this.#close();
    this.field.blur();
    this.onChoose({ id: item.id, name: item.name });
  }
}

const wordsOf = ({ id, name }, kind) => {
  if (kind === "driver") return name ?? id;
  return name ? `#${id} · ${name}` : `#${id}`;
};

function row(item, i, kind) {
  const made = text("li", "", "");
  made.id = `replay-found-${i}`;
  made.dataset.index = String(i);
  made.setAttribute("role", "option");
  made.setAttribute("aria-selected", "false");
  const at = item.at ? Date.parse(item.at) : null;
  const when = at === null ? "" : `${dateWords(at)} ${minuteWords(at)}`;
  const about = [item.about, when].filter(Boolean).join(", ");
  made.append(text("span", wordsOf(item, kind), "whole"), text("span", about, "muted small whole"));
  return made;
}

function nothing(kind) {
  const made = text("li", NOTHING[kind], "muted");
  made.setAttribute("role", "option");
  made.setAttribute("aria-disabled", "true");
  return made;
}

function text(tag, words, className) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = words;
  return made;
}
