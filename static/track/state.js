/* What the customer's page knows of its order: first from #track-data, then from the socket.
 * No DOM beyond that, no words. Times in milliseconds, on the server's clock.
 */

const STALE = 60_000; // from this age on a place is shown as old
const QUIET = 20_000; // the same, when the courier's phone is known to be gone
const FINAL = new Set(["delivered", "failed", "cancelled", "returned"]);

export const given = JSON.parse(document.getElementById("track-data").textContent);

/* The phone's clock may be wrong by minutes: ages are counted on the server's. */
const answered = performance.getEntriesByType("navigation")[0]?.responseStart || performance.now();
const clockError = Date.parse(given.now) - (performance.timeOrigin + answered);
export const now = () => Date.now() + clockError;

export const state = {
  seq: 0,
  epoch: null,
  status: "pending",
  timeline: [], // [{status, seq, at}], in order
  driver: null,
  fix: null, // {lat, lng, heading, accuracy, at}
  eta: null, // [from, to]
  window: period(given.window),
  destination: null,
  pickup: given.pickup,
  route: readRoute(given.route),
  note: given.note,
  downSince: Date.now(), // without the socket since, or null
  heardAt: null,
  linkEnded: false,
};

export const isOver = () => FINAL.has(state.status);
export const courierShown = () => state.fix !== null && !isOver() && !state.linkEnded;
export const age = () => (state.fix === null ? 0 : now() - state.fix.at);
export const isStale = () => age() >= STALE;
export const isWeak = () => isStale() || (state.driver?.online === false && age() >= QUIET);

/** Only the place of something that has one; an address alone has none. */
export const place = (spot) =>
  spot?.lat != null && spot?.lng != null ? { lat: spot.lat, lng: spot.lng } : null;

export function readRoute(points) {
  return points.map(([lat, lng, at]) => ({ lat, lng, at: Date.parse(at) }));
}

export function period(value) {
  return value ? [Date.parse(value.from), Date.parse(value.to)] : null;
}

export function takeSnapshot(message) {
  const changed = message.status !== state.status;
  Object.assign(state, {
    status: message.status,
    epoch: message.epoch,
    driver: message.driver,
    eta: period(message.eta),
    destination: message.destination,
  });
  const sameHistory = message.seq === state.seq;
  state.seq = message.seq;
  if (message.timeline) {
    state.timeline = message.timeline.map((step) => ({ ...step, at: Date.parse(step.at) }));
  } else if (!sameHistory) {
    state.timeline.push({ status: message.status, seq: message.seq, at: null });
  }
  if (changed) state.note = state.timeline.at(-1)?.note ?? null;
  if (message.position) takeFix(message.position);
  else state.fix = null;
  return changed;
}

export function takeStatus(message) {
  const step = { status: message.status, seq: message.seq, at: Date.parse(message.at) };
  const known = state.timeline.findIndex((other) => other.seq === step.seq);
  if (known >= 0) state.timeline[known] = step;
  else state.timeline.push(step);
  state.timeline.sort((a, b) => a.seq - b.seq);
  if (message.seq === state.seq) state.note = message.note ?? state.note;
  if (message.seq <= state.seq) return false;
  Object.assign(state, { seq: message.seq, status: message.status, note: message.note ?? null });
  return true;
}

export function takeFix(position) {
  const at = Date.parse(position.recordedAt);
  if (state.fix && at <= state.fix.at) return;
  const { lat, lng, heading, accuracy } = position;
  state.fix = { lat, lng, heading, accuracy, at };
}
