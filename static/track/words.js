/* The state of the order in words; the sentences come from the server, each written once, in the
 * reader's language. Times as his country writes them, in the time zone of his browser.
 */

import { age, given, isOver, isStale, isWeak, now, state } from "./state.js";

const LOST = 3000; // so long without a socket before the page says so
const DAY = 24 * 60 * 60_000;
const SOON = 10 * 60_000; // a window that ends so soon is "a few minutes"

export const words = given.words;

/* The calendar and the digits of the server's own times. Made when first needed: it takes long. */
const plain = { calendar: "gregory", numberingSystem: "latn" };
const once = (make) => {
  let made = null;
  return () => (made ??= make());
};
const dateFormat = (fields) =>
  once(() => new Intl.DateTimeFormat(given.locale, { ...plain, ...fields }));
export const clockFormat = dateFormat({ timeStyle: "short" });
const dayFormat = dateFormat({ day: "numeric", month: "long" });
const dateFormatShort = dateFormat({ day: "numeric", month: "short" });
const plural = once(() => new Intl.PluralRules(given.locale));

const isSameDay = (a, b) => new Date(a).toDateString() === new Date(b).toDateString();
export const isToday = (at) => isSameDay(at, now());
/* A time is not torn from its "PM" by the end of a line. */
const bound = (text) => text.replace(/(\d) (?=\p{L})/gu, "$1\u202f");
const clock = (at) => bound(clockFormat().format(at));
const withDay = (at, time) => {
  if (isToday(at)) return time;
  return given.dayAndTime.replace("{0}", time).replace("{1}", dateFormatShort().format(at));
};
export const short = (at) => withDay(at, clock(at));
/* Over one midnight both days would be named, as if they were far apart. */
const range = ([from, to]) => {
  if (isSameDay(from, to)) return withDay(from, bound(clockFormat().formatRange(from, to)));
  return `${short(from)} – ${to - from < DAY ? clock(to) : short(to)}`;
};

/* Where words run to the left, what is filled in keeps its own way: between isolates. */
const leftward = document.documentElement.dir === "rtl";
export const apart = (text) => (leftward && text ? `\u2068${text}\u2069` : text);
export const fill = (text, values) =>
  text.replace(/\{(\w+)\}/g, (_, name) => apart(String(values[name] ?? "")));
const count = (forms, n) => fill(forms[plural().select(n)], { n });
export const courierName = () => (isOver() ? "" : (state.driver?.name ?? ""));

/** The line for this key, with the business's name where it has one. */
function byShop(key) {
  const shop = given.business;
  const named = `${key}_shop`;
  return shop && named in words.more ? fill(words.more[named], { shop }) : words.more[key];
}

export function coming() {
  return state.eta && state.eta[1] > now() && !isOver() ? state.eta : null;
}

const isSoon = () => coming() !== null && coming()[1] - now() <= SOON;

/** Whether it is, or will probably be, later than was planned; as staff see it. */
export function isLate() {
  if (!state.window || isOver() || state.linkEnded) return false;
  const expected = coming() ? (coming()[0] + coming()[1]) / 2 : now();
  return Math.max(expected, now()) - state.window[1] > given.lateAfter;
}

export function late() {
  return isLate() ? fill(words.more.late, { window: range(state.window) }) : "";
}

/** Whether there is something to put into a calendar. */
export function isDated() {
  if (isOver() || state.linkEnded || isSoon()) return false;
  return [state.window, state.eta].some((window) => window && window[1] > now());
}

/** The sentence in pieces: [name of the field or null, text]. */
export function sentence() {
  if (state.linkEnded) return [[null, words.sentences.ended]];
  const ended = isOver() ? state.timeline.at(-1)?.at : null;
  const values = {
    name: courierName(),
    window: coming() ? range(coming()) : "",
    time: ended ? clock(ended) : "",
    day: ended ? dayFormat().format(ended) : "",
  };
  const text = words.sentences[sentenceKey(values, ended)];
  return text
    .split(/(\{\w+\})/)
    .filter(Boolean)
    .map((piece) => {
      const field = /^\{(\w+)\}$/.exec(piece)?.[1] ?? null;
      return [field, field ? apart(values[field]) : piece];
    });
}

function sentenceKey(values, ended) {
  if (state.status === "delivered" && ended) {
    return isToday(ended) ? "delivered_time" : "delivered_day";
  }
  let key = state.status;
  if (values.name && `${key}_name` in words.sentences) key += "_name";
  const arrival = `${key}_${isSoon() ? "soon" : "eta"}`;
  return values.window && arrival in words.sentences ? arrival : key;
}

export function more() {
  if (state.linkEnded) return byShop("ended");
  if (isOver()) return byShop(state.status);
  if (coming() && state.status !== "in_transit") {
    return isSoon() ? words.more.soon : fill(words.more.arriving_at, { window: range(coming()) });
  }
  if (!coming() && state.window && !isLate()) {
    return fill(words.more.window, { window: range(state.window) });
  }
  return "";
}

/** How old the news is, in words; and whether that is a reason to worry. */
export function freshness() {
  if (isOver() || state.linkEnded) return { text: "", kind: "" };
  const lost = state.downSince !== null && Date.now() - state.downSince > LOST;
  if (!navigator.onLine || lost) {
    const heard = short(state.fix?.at ?? state.heardAt ?? now());
    const text = navigator.onLine ? words.live.lost : words.live.offline;
    return { text: fill(text, { time: heard }), kind: "offline" };
  }
  if (!state.fix) {
    return { text: given.seenIn.includes(state.status) ? words.live.waiting : "", kind: "" };
  }
  if (isWeak()) {
    const name = courierName();
    const text = name ? words.live.weak_name : words.live.weak;
    return { text: fill(text, { name }), kind: "weak" };
  }
  const seconds = Math.max(0, Math.floor(age() / 1000));
  if (seconds < 2) return { text: words.live.now, kind: "live" };
  return { text: count(words.live.seconds, seconds), kind: "live" };
}
