/* What the form asks for, and the same as an address: of the page, of the past, of a file.
 *
 * wanted: {kind: "order" | "driver" | "fleet", id, from, to, at, length}; moments in milliseconds or
 * null. Of a fleet, `at` is a moment and `length` how much around it: "15m", "1h", "4h" or "day".
 *
 *   wantedOf(search)        from the page's own address; null: nothing yet
 *   pageOf(wanted)          the page's address for it
 *   pastOf(wanted, format)  where it is read
 *   dayOf(moment)           {from, to}: midnight before it and after
 *   shifted(wanted, sign)   the same length of time before or after
 *   following(wanted, past) {wanted, start}: the same length of the fleet from when somebody was at
 *                           work next; null where nobody was
 */

import { fieldTime, momentOf } from "./words.js";

const DAY_HOURS = 24;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const BEFORE = 5 * MINUTE; // of a fleet, before its moment
const LENGTHS = { "15m": 15 * MINUTE, "1h": HOUR, "4h": 4 * HOUR, day: null };
const USUAL = "15m";

const iso = (at) => new Date(at).toISOString();
const timeIn = (query, name) => momentOf(query.get(name));

export function wantedOf(search) {
  const query = new URLSearchParams(search);
  const [from, to, at] = ["from", "to", "at"].map((name) => timeIn(query, name));
  for (const kind of ["order", "driver"]) {
    if (query.get(kind)) return { kind, id: query.get(kind), from, to, at: null };
  }
  return at === null ? null : fleetAt(at, query.get("for"));
}

const fleetAt = (at, length) => ({
  kind: "fleet",
  id: "",
  from: null,
  to: null,
  at,
  length: length in LENGTHS ? length : USUAL,
});

export function pageOf({ kind, id, from, to, at, length = USUAL }) {
  const query = new URLSearchParams();
  if (kind !== "fleet") query.set(kind, id);
  for (const [name, moment] of Object.entries({ from, to, at })) {
    if (moment !== null) query.set(name, iso(moment));
  }
  if (length !== USUAL) query.set("for", length);
  return `${window.location.pathname}?${query}`;
}

export function pastOf(wanted, format = "lines") {
  const { kind, id, at } = wanted;
  const around = kind === "fleet" ? spanOf(wanted) : null;
  const from = wanted.from ?? around?.from ?? null;
  const to = wanted.to ?? around?.to ?? null;
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

/** From when to when the fleet is shown around a moment. */
function spanOf({ at, length }) {
  if (length === "day") return dayOf(at);
  return { from: at - BEFORE, to: at - BEFORE + LENGTHS[length] };
}

/** The same time of the day before or after. */
function otherDay(at, sign) {
  const date = new Date(at);
  date.setDate(date.getDate() + sign);
  return date.getTime();
}

export function following(wanted, past) {
  if (past.kind !== "fleet" || past.next === null) return null;
  const start = Math.max(past.end, past.next - (past.next % MINUTE));
  const at = wanted.length === "day" ? start : start + BEFORE;
  return { wanted: { ...wanted, at }, start };
}

export function shifted(wanted, sign) {
  if (wanted.kind === "fleet") {
    const { at, length } = wanted;
    return { ...wanted, at: length === "day" ? otherDay(at, sign) : at + sign * LENGTHS[length] };
  }
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
    this.length = root.querySelector("[data-length]");
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
    this.#times(this.complete({ kind, id: "", from: null, to: null, at: null, length: USUAL }));
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
      return fleetAt(momentOf(fields.at.value), this.length.value);
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

  /** Goes on to what follows, where it still says what was shown before. */
  follow(shown, next) {
    const { kind, wanted } = this;
    if (kind !== shown.kind || wanted.length !== shown.length) return;
    if (this.fields.at.value === fieldTime(shown.at)) this.show(next);
  }

  #times({ from, to, at, length = USUAL }) {
    this.length.value = length;
    const values = { from, to, at };
    for (const [name, field] of Object.entries(this.fields)) {
      field.value = values[name] === null ? "" : fieldTime(values[name]);
    }
  }
}
