/* What the form asks for, and the same as an address: of the page, of the past, of a file.
 *
 * wanted: {kind: "order" | "driver" | "fleet", id, from, to, at}; moments in milliseconds or null.
 *
 *   wantedOf(search)        from the page's own address; null: nothing yet
 *   pageOf(wanted)          the page's address for it
 *   pastOf(wanted, format)  where it is read
 *   dayOf(moment)           {from, to}: midnight before it and after
 *   shifted(wanted, sign)   the same length of time before or after; a quarter of an hour of a fleet
 */

import { fieldTime, momentOf } from "./words.js";

const DAY_HOURS = 24;
const QUARTER = 15 * 60_000;
const HOUR = 3_600_000;

const iso = (at) => new Date(at).toISOString();
const timeIn = (query, name) => momentOf(query.get(name));

export function wantedOf(search) {
  const query = new URLSearchParams(search);
  const [from, to, at] = ["from", "to", "at"].map((name) => timeIn(query, name));
  for (const kind of ["order", "driver"]) {
    if (query.get(kind)) return { kind, id: query.get(kind), from, to, at: null };
  }
  return at === null ? null : { kind: "fleet", id: "", from: null, to: null, at };
}

export function pageOf({ kind, id, from, to, at }) {
  const query = new URLSearchParams();
  if (kind !== "fleet") query.set(kind, id);
  for (const [name, moment] of Object.entries({ from, to, at })) {
    if (moment !== null) query.set(name, iso(moment));
  }
  return `${window.location.pathname}?${query}`;
}

export function pastOf({ kind, id, from, to, at }, format = "lines") {
  const query = new URLSearchParams({ format });
  for (const [name, moment] of Object.entries({ from, to, at })) {
    if (moment !== null) query.set(name, iso(moment));
  }
  const path = kind === "fleet" ? "fleet" : `${kind}s/${encodeURIComponent(id)}`;
  return `/api/v1/replay/${path}?${query}`;
}

/** Midnight before a moment, and the one after: a day may have 23 or 25 hours. */
export function dayOf(at) {
  const begin = new Date(at);
  begin.setHours(0, 0, 0, 0);
  const end = new Date(begin);
  end.setHours(DAY_HOURS);
  return { from: begin.getTime(), to: end.getTime() };
}

export function shifted(wanted, sign) {
  if (wanted.kind === "fleet") return { ...wanted, at: wanted.at + sign * QUARTER };
  const { from, to } = wanted;
  const day = dayOf(from);
  if (day.from === from && day.to === to) return { ...wanted, ...dayOf(sign < 0 ? from - HOUR : to + HOUR) };
  const length = to - from;
  return { ...wanted, from: from + sign * length, to: to + sign * length };
}

/** The form as it is on the page. */
export class Form {
  kind = "order";
  subject = null; // {id, name} that was chosen from the list

  constructor(root, search) {
    // The newest time in which somebody was at work, as the server knows it.
    this.work = root.dataset.work ? root.dataset.work * 1000 : Date.now() - HOUR;
    this.element = root.querySelector(".replay-form");
    this.search = search;
    this.fields = {};
    for (const field of root.querySelectorAll("[data-time]")) this.fields[field.dataset.time] = field;
    this.chips = [...root.querySelectorAll("[data-choose]")];
    for (const chip of this.chips) chip.addEventListener("click", () => this.choose(chip.dataset.choose));
    search.field.addEventListener("input", () => (this.subject = null));
    this.choose("order");
  }

  choose(kind) {
    if (kind !== this.kind) this.subject = null;
    this.kind = kind;
    this.element.dataset.kind = kind;
    for (const chip of this.chips) {
      const on = chip.dataset.choose === kind;
      chip.classList.toggle("chip-on", on);
      chip.setAttribute("aria-pressed", String(on));
    }
    this.search.kind = kind;
    this.#times(this.complete({ kind, id: "", from: null, to: null, at: null }));
  }

  /** With times where none are said: a driver's day is today. */
  complete(wanted) {
    const { kind, from, to, at } = wanted;
    if (kind === "fleet") return { ...wanted, at: at ?? this.work };
    if (kind === "order") return wanted;
    if (from === null && to === null) return { ...wanted, ...dayOf(Date.now()) };
    return { ...wanted, from: from ?? dayOf(to).from, to: to ?? dayOf(from).to };
  }

  /** What it asks for; null: nobody was chosen. */
  get wanted() {
    const { kind, fields } = this;
    if (kind === "fleet") {
      return { kind, id: "", from: null, to: null, at: momentOf(fields.at.value) };
    }
    const typed = this.search.field.value.trim().replace(/^#/, "");
    const id = this.subject?.id ?? (kind === "order" ? typed : "");
    if (!id) return null;
    return { kind, id, from: momentOf(fields.from.value), to: momentOf(fields.to.value), at: null };
  }

  show(wanted, name = null) {
    if (wanted.kind !== this.kind) this.choose(wanted.kind);
    this.#times(wanted);
    if (wanted.kind === "fleet") return;
    const known = this.subject?.id === wanted.id ? this.subject.name : null;
    this.subject = { id: wanted.id, name: name ?? known };
    this.search.show(this.subject);
  }

  #times({ from, to, at }) {
    const values = { from, to, at };
    for (const [name, field] of Object.entries(this.fields)) {
      field.value = values[name] === null ? "" : fieldTime(values[name]);
    }
  }
}
