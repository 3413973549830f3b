/* After the delivery: what proves it, and what the customer thinks of it. */

import { drawing, shape } from "../shared/page.js";
import { TextForm, make, post } from "./form.js";
import { fill, short, words } from "./words.js";

const MOST_STARS = 5;
const LONGEST = 1000;
const STAR = "M12 3.2l2.7 5.6 6.1.8-4.5 4.2 1.1 6.1-5.4-3-5.4 3 1.1-6.1-4.5-4.2 6.1-.8z";
const { photo, signature, code_right: code } = words.beside;
const TEXTS = { photo, signature, code };

/** Photos and the signature, small, that open; or that the code was right. */
export class Proof {
  #shown = "";
  #list = make("ul");
  root = make("section", { class: "beside-proof" }, make("h2", {}, words.beside.proof), this.#list);

  take({ proof }) {
    this.root.hidden = proof.length === 0;
    const shown = JSON.stringify(proof);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#list.replaceChildren(...proof.map((piece) => make("li", {}, show(piece))));
  }
}

function show({ kind, at, url }) {
  const text = fill(TEXTS[kind], { time: short(Date.parse(at)) });
  if (!url) return text;
  const image = make("img", { src: url, alt: "", loading: "lazy", class: `is-${kind}` });
  const link = { href: url, target: "_blank", rel: "noopener" };
  return make("a", link, image, make("span", {}, text));
}

/** One to five stars, and a few words if he likes; for a day it may be another. */
export class Rating {
  #touched = false;
  #form = new TextForm({
    label: words.beside.rate_label,
    button: words.beside.rate_send,
    longest: LONGEST,
    required: false,
    send: (note) => this.#send(note),
  });
  #stars = make("div", { class: "beside-stars" }, ...allStars());
  #choice = make("fieldset", {}, make("legend", {}, words.beside.rate), this.#stars);
  #note = make("p", { class: "beside-text", dir: "auto" });
  root = make("section", { class: "beside-rating" }, this.#choice, this.#note, this.#form.root);

  constructor() {
    this.root.addEventListener("input", () => {
      this.#touched = true;
      this.#form.root.hidden = false;
    });
  }

  take({ rating, may }) {
    this.root.hidden = !may.rate && !rating && !this.#touched;
    this.#choice.disabled = !may.rate;
    if (!this.#touched) this.#set(rating);
    this.#form.root.hidden = !this.#touched && !(may.rate && rating);
    this.#note.textContent = may.rate ? "" : (rating?.note ?? "");
  }

  #set(rating) {
    for (const input of this.#stars.querySelectorAll("input")) {
      input.checked = Number(input.value) === rating?.stars;
    }
    this.#form.field.value = rating?.note ?? "";
  }

  async #send(note) {
    const stars = Number(this.#stars.querySelector(":checked").value);
    this.#set(await post("rating", { stars, note }));
    this.#touched = false;
    return words.beside.rated;
  }
}

function* allStars() {
  for (let n = 1; n <= MOST_STARS; n += 1) {
    const input = make("input", { type: "radio", name: "stars", value: n, class: "sr-only" });
    const star = drawing("0 0 24 24");
    star.setAttribute("aria-hidden", "true");
    star.append(shape(STAR, "beside-star"));
    const word = make("span", { class: "sr-only" }, fill(words.beside.star, { n }));
    yield make("label", {}, input, star, word);
  }
}
