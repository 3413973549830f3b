/* The way of what is chosen: asked for whole, thinned by the server, and said in words.
 *
 *   const way = await readWay({order, driver})   null without an answer
 *   way.points                                   [{lat, lng, at, gap}], by time
 *   way.places                                   [{kind: "bag" | "door", lat, lng, address}]
 *   wayWords(way, whose)                         what is drawn, and what is left out; "" of nothing
 */

import { now } from "../staff/staff.js";

const DRIVEN = 3_600_000; // milliseconds: so much of a driver's way, for an order's is told by it
const FINE = 5; // metres that nobody sees

export async function readWay({ order, driver }) {
  const since = new Date(now() - DRIVEN).toISOString();
  const path = order
    ? `orders/${order}/way`
    : `drivers/${encodeURIComponent(driver)}/way?${new URLSearchParams({ from: since })}`;
  try {
    const answer = await fetch(`/api/v1/${path}`);
    if (!answer.ok) return null;
    const way = await answer.json();
    const gaps = new Set(way.gaps);
    const points = way.points.map(([at, lat, lng], i) => ({ at, lat, lng, gap: gaps.has(i) }));
    return { ...way, points };
  } catch {
    return null; // without the way so far the map is still right
  }
}

/* As the server writes times and numbers on this page. */
const WRITTEN = "en-GB";

const written = (options) => {
  const form = new Intl.DateTimeFormat(WRITTEN, options);
  return (at) => form.format(at);
};
const clock = written({ hour: "2-digit", minute: "2-digit" });
const dated = written({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const day = written({ day: "numeric", month: "short", year: "numeric" });

/** From when to when; the day of each only where it is not today, or another. */
function spanWords(begin, end) {
  const first = day(begin) === day(now()) ? clock(begin) : dated(begin);
  return `${first}–${day(begin) === day(end) ? clock(end) : dated(end)}`;
}

const lengthWords = (metres) =>
  metres < 1000
    ? `${metres} m`
    : `${(metres / 1000).toLocaleString(WRITTEN, { maximumFractionDigits: 1 })} km`;

export function wayWords({ points, metres, gaps, leftOut, within, more }, whose) {
  if (points.length === 0) return "";
  const span = spanWords(points[0].at, points.at(-1).at);
  const parts = [`Way of ${whose}: ${span}, ${lengthWords(metres)}`];
  if (gaps.length > 0) parts.push("dashed: no signal");
  if (leftOut > 0) {
    const what = leftOut === 1 ? "position" : "positions";
    parts.push(`${leftOut.toLocaleString(WRITTEN)} doubtful ${what} left out`);
  }
  if (within > FINE) parts.push(`simplified to ${within} m`);
  if (more) parts.push("the rest is in Replay");
  return parts.join(" · ");
}
