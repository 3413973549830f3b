/* Times, lengths and speeds of the past, written as on the staff's other pages, in the reader's own
 * zone. Pure.
 */

const WRITTEN = "en-GB";

const MINUTE = 60; // seconds

const written = (options) => {
  const form = new Intl.DateTimeFormat(WRITTEN, options);
  return (at) => form.format(at);
};

/** 14:02:31, and 14:02 */
export const clockWords = written({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
export const minuteWords = written({ hour: "2-digit", minute: "2-digit" });
/** Thu, 26 Nov 2026, GMT+1 */
export const dayWords = written({
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZoneName: "short",
});
/** 26 Nov */
export const dateWords = written({ day: "numeric", month: "short" });

/** From when to when; the day of each only where it is another. */
export function spanWords(begin, end) {
  const same = dateWords(begin) === dateWords(end);
  const first = same ? minuteWords(begin) : `${dateWords(begin)} ${minuteWords(begin)}`;
  const last = same ? minuteWords(end) : `${dateWords(end)} ${minuteWords(end)}`;
  return `${first}–${last}`;
}

/** "40 s", "12 min", "2 h 5 min" */
export function durationWords(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < MINUTE) return `${seconds} s`;
  const minutes = Math.round(seconds / MINUTE);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? "" : ` ${rest} min`}`;
}

export function lengthWords(metres) {
  if (metres < 1000) return `${Math.round(metres)} m`;
  const km = metres / 1000;
  return `${km.toLocaleString(WRITTEN, { maximumFractionDigits: km < 100 ? 1 : 0 })} km`;
}

export const speedWords = (metresPerSecond) => `${Math.round(metresPerSecond * 3.6)} km/h`;

export const numberWords = (count) => count.toLocaleString(WRITTEN);

export const countWords = (count, one, many = `${one}s`) =>
  `${numberWords(count)} ${count === 1 ? one : many}`;

/** A moment as a field `datetime-local` has it, and back; both in the browser's zone. */
export function fieldTime(at) {
  const date = new Date(at);
  const local = new Date(at - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

export function momentOf(text) {
  const at = text ? new Date(text).getTime() : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

/** A status as the other pages call it. */
export const statusWords = (status) =>
  status === "in_transit" ? "on the way" : status.replaceAll("_", " ");
