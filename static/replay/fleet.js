/* The whole fleet around a moment of the past, coarsely: where everybody was at any of its times. Pure.
 *
 *   const fleet = new FleetPast(begin)   what the server says first, see app/web/replay_lines.py
 *   fleet.add(rows)                      [id, name, [[time, lat, lng, heading, speed], …]]
 *   fleet.finish({next})                 when somebody was at work next, or null
 *   fleet.workFrom(moment)               that moment, or the next at which somebody is at work
 *   fleet.at(moment)                     [{id, name, initial, x, y, facing, state, age}, …]
 */

import { bearing, mercator, metres } from "../map/geometry.js";

const LOST = 60_000; // longer without a fix, beside the coarseness: no signal
const GONE = 30 * 60_000; // longer, beside the coarseness: no longer at work
const STILL = 1; // m/s; faster is moving
const SURE = 10; // metres; less tells no heading

export class FleetPast {
  kind = "fleet";
  places = [];
  drivers = new Map();
  whole = false; // it is all here
  next = null; // when somebody was at work again after its end

  constructor({ at, since, until, step, rows }) {
    this.moment = at;
    this.begin = since;
    this.end = until;
    this.step = step * 1000;
    this.add(rows);
  }

  add(rows) {
    for (const [id, name, fixes] of rows) this.drivers.set(id, this.#driver(id, name, fixes));
  }

  finish({ next }) {
    this.whole = true;
    this.next = next;
  }

  #driver(id, name, fixes) {
    const initial = [...name.trim()][0]?.toLocaleUpperCase() ?? "?";
    const made = fixes.map(([time, lat, lng, heading, speed]) => ({
      at: this.begin + time,
      lat,
      lng,
      facing: heading,
      speed,
      ...mercator({ lat, lng }),
    }));
    made.forEach((fix, i) => i > 0 && fillIn(made[i - 1], fix));
    return { id, name, initial, fixes: made };
  }

  get count() {
    return this.drivers.size;
  }

  /** The end where nobody is any more; before all is here nobody knows. */
  workFrom(moment) {
    let next = this.end;
    for (const { fixes } of this.drivers.values()) {
      if (!this.whole || this.#place(fixes, moment)) return moment;
      next = Math.min(next, fixes[lastBefore(fixes, moment) + 1]?.at ?? next);
    }
    return Math.max(moment, next);
  }

  /** Everybody of whom something is known at that moment. */
  at(moment) {
    const found = [];
    for (const driver of this.drivers.values()) {
      const here = this.#place(driver.fixes, moment);
      if (here) found.push({ id: driver.id, name: driver.name, initial: driver.initial, ...here });
    }
    return found;
  }

  #place(fixes, moment) {
    const i = lastBefore(fixes, moment);
    if (i < 0) return null;
    const fix = fixes[i];
    const next = fixes[i + 1];
    const age = moment - fix.at;
    const known = next !== undefined && next.at - fix.at <= LOST + this.step;
    if (!known && age > GONE + this.step) return null;
    if (!known) {
      const state = age > LOST + this.step ? "lost" : stateOf(fix);
      return { x: fix.x, y: fix.y, facing: fix.facing, state, age };
    }
    const share = age / (next.at - fix.at || 1);
    return {
      x: fix.x + (next.x - fix.x) * share,
      y: fix.y + (next.y - fix.y) * share,
      facing: next.facing ?? fix.facing,
      state: stateOf(next),
      age,
    };
  }
}

/** What the phone did not say. */
function fillIn(before, fix) {
  const way = metres(before, fix);
  if (fix.speed === null) fix.speed = way / Math.max(1, (fix.at - before.at) / 1000);
  if (fix.facing === null) fix.facing = way > SURE ? bearing(before, fix) : before.facing;
}

const stateOf = ({ speed }) => (speed !== null && speed < STILL ? "standing" : "moving");

/** The number of the last fix of then; -1 before the first. */
function lastBefore(fixes, moment) {
  let low = 0;
  let high = fixes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fixes[middle].at <= moment) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
