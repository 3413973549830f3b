/* The state of the order in words; the sentences come from the server, each written once.
 * Times as the reader's own browser writes them.
 */

import { age, given, isOver, isStale, isWeak, now, state } from "./track-state.js";

const FEW = 10 * 60_000; // what comes within these is said in words, not in times
const LOST = 3000; // so long without a socket before the page says so
const UNDERWAY = new Set(["picked_up", "in_transit", "arriving"]);

export const words = given.words;

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });
const shortFormat = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "numeric",
  minute: "2-digit",
});

export const isToday = (at) => new Date(at).toDateString() === new Date(now()).toDateString();
export const short = (at) => (isToday(at) ? clockFormat : shortFormat).format(at);
/* Over midnight formatRange() would name the days, as if they were far away. */
const range = ([from, to]) => {
  if (!isToday(from)) return shortFormat.formatRange(from, to);
  if (isToday(to)) return clockFormat.formatRange(from, to);
  return `${clockFormat.format(from)} – ${clockFormat.format(to)}`;
};
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
export const courierName = () => (isOver() ? "" : (state.driver?.name ?? ""));
export const shop = () => given.business || words.more.shop;

export function coming() {
  return state.eta && state.eta[1] > now() && !isOver() ? state.eta : null;
}

const when = () => (coming()[1] - now() <= FEW ? words.more.few : range(coming()));

/** The sentence in pieces: [name of the field or null, text]. */
export function sentence() {
  if (state.linkEnded) return [[null, words.sentences.ended]];
  const ended = isOver() ? state.timeline.at(-1)?.at : null;
  const values = {
    name: courierName(),
    window: coming() ? when() : "",
    time: ended ? clockFormat.format(ended) : "",
    day: ended ? dayFormat.format(ended) : "",
  };
  const text = words.sentences[sentenceKey(values, ended)];
  return text
    .split(/(\{\w+\})/)
    .filter(Boolean)
    .map((piece) => {
      const field = /^\{(\w+)\}$/.exec(piece)?.[1] ?? null;
      return [field, field ? values[field] : piece];
    });
}

function sentenceKey(values, ended) {
  if (state.status === "delivered" && ended) {
    return isToday(ended) ? "delivered_time" : "delivered_day";
  }
  let key = state.status;
  if (values.name && `${key}_name` in words.sentences) key += "_name";
  if (values.window && `${key}_eta` in words.sentences) key += "_eta";
  return key;
}

export function more() {
  if (state.linkEnded) return fill(words.more.ended, { shop: shop() });
  if (isOver()) return capital(fill(words.more[state.status], { shop: shop() }));
  if (coming() && state.status !== "in_transit") {
    return fill(words.more.arriving_at, { window: when() });
  }
  if (!coming() && state.window) return fill(words.more.window, { window: range(state.window) });
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
    return { text: UNDERWAY.has(state.status) ? words.live.waiting : "", kind: "" };
  }
  if (isWeak()) {
    const name = courierName();
    const text = name ? words.live.weak_name : words.live.weak;
    return { text: fill(text, { name }), kind: "weak" };
  }
  const seconds = Math.max(0, Math.floor(age() / 1000));
  if (seconds < 2) return { text: words.live.now, kind: "live" };
  return { text: fill(words.live.seconds, { n: seconds }), kind: "live" };
}
