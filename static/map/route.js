/* The way so far on the map. Points are those the courier has been drawn at, not those ahead.
 * Whether one follows a gap is told by the time before it, unless it says so itself (`gap`).
 * What it can do stands in map.js, which hands it on.
 */

const GAP = 60_000; // longer without a fix: the way between is not known
const RECENT = 5 * 60_000; // the part of the route in full colour

export class Route {
  #points = [];
  #splitAt = 0; // the oldest moment in full colour, moved once a minute

  constructor(map, { dim = false } = {}) {
    this.map = map;
    const line = (name) =>
      window.L.polyline([], {
        className: `route ${name}${dim ? " is-dim" : ""}`,
        interactive: false,
        smoothFactor: 1.5,
      }).addTo(map);
    this.gaps = line("route-gap");
    this.past = line("route-past");
    this.recent = line("route-recent");
    this.tip = line("route-recent");
    this.to = line("route-ahead");
  }

  set(points) {
    this.#points = [...points];
    this.#redraw();
  }

  /** The next point; whether the way to it is not known. */
  add(fix) {
    const last = this.#points.at(-1);
    if (last && fix.at <= last.at) return false;
    this.#points.push(fix);
    const plain = last && fix.at - last.at <= GAP && fix.at - this.#splitAt <= RECENT + 60_000;
    if (plain) this.recent.addLatLng([fix.lat, fix.lng], this.recent.getLatLngs().at(-1));
    else this.#redraw();
    this.tip.setLatLngs([]);
    return last !== undefined && fix.at - last.at > GAP;
  }

  /** Puts all that is known of the way in place of what is drawn, up to the same end. */
  mend(points) {
    const last = this.#points.at(-1);
    if (last) this.set([...points.filter((point) => point.at < last.at), last]);
  }

  /** The last bit, up to where the courier is drawn on its way to the fix of moment `at`. */
  head(place, at) {
    const last = this.#points.at(-1);
    this.tip.setLatLngs(last && at - last.at <= GAP ? [last, place] : []);
  }

  /** Where it will go, as the crow flies. */
  ahead(from, to) {
    this.to.setLatLngs(from && to ? [from, to] : []);
  }

  clear() {
    this.#points = [];
    for (const line of this.#lines()) line.setLatLngs([]);
  }

  remove() {
    for (const line of this.#lines()) line.remove();
  }

  get points() {
    return this.#points;
  }

  #lines() {
    return [this.gaps, this.past, this.recent, this.tip, this.to];
  }

  #redraw() {
    const last = this.#points.at(-1);
    this.#splitAt = last ? last.at - RECENT : 0;
    const past = [];
    const recent = [];
    const gaps = [];
    let before = null;
    for (const point of this.#points) {
      const lines = point.at <= this.#splitAt ? past : recent;
      const gap = before !== null && (point.gap ?? point.at - before.at > GAP);
      if (gap) gaps.push([before, point]);
      if (before === null || gap) lines.push([point]);
      else if (lines.length === 0) lines.push([before, point]);
      else lines.at(-1).push(point);
      before = point;
    }
    this.past.setLatLngs(past);
    // Always a list of lines, so that `add` finds the last one.
    this.recent.setLatLngs(recent.length > 0 ? recent : [[]]);
    this.gaps.setLatLngs(gaps);
    this.tip.setLatLngs([]);
  }
}
