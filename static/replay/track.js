/* One track of the past: its fixes, gaps and stops, and where its driver was at any moment. Pure.
 *
 *   const track = new TrackPast(begin)     what the server says first, see app/web/replay_lines.py
 *   track.add(rows)                        fixes by time: [at, lat, lng, speed, heading, accuracy]
 *   track.finish(end)                      gaps, stops, metres
 *   track.begin, track.end                 milliseconds since the epoch; 0 without any fix
 *   track.driverAt(moment)                 his name
 *   track.indexAt(moment)                  the last fix of then, or -1 before the first
 *   track.at(moment)                       {x, y, speed, facing, state, index, stop} or null
 */

import { bearing, mercator, metres } from "../map/geometry.js";

const STILL = 1; // m/s; faster is moving
const SURE = 3; // metres; less tells no heading

export class TrackPast {
  constructor({ kind, id, name, drivers, places, events }) {
    Object.assign(this, { kind, id, name, drivers, places, events });
    this.times = [];
    this.x = [];
    this.y = [];
    this.speeds = []; // m/s, null: nobody knows
    this.headings = [];
    this.fixes = []; // {lat, lng}
    this.gaps = new Set(); // numbers of the fixes that follow one
    this.stops = [];
    this.metres = 0;
  }

  add(rows) {
    for (const [at, lat, lng, speed, heading] of rows) {
      const { x, y } = mercator({ lat, lng });
      this.times.push(at);
      this.x.push(x);
      this.y.push(y);
      this.fixes.push({ lat, lng });
      this.speeds.push(speed);
      this.headings.push(heading);
    }
  }

  finish({ gaps, stops, metres: length, leftOut, more }) {
    this.gaps = new Set(gaps);
    this.stops = stops.map(([begin, end, lat, lng]) => ({
      begin,
      end,
      lat,
      lng,
      ...mercator({ lat, lng }),
    }));
    Object.assign(this, { metres: length, leftOut, more });
    this.#fillIn();
  }

  /** Speeds and headings that the phone did not say, from the fix before. */
  #fillIn() {
    for (let i = 0; i < this.count; i += 1) {
      const known = i > 0 && !this.gaps.has(i);
      const way = known ? metres(this.fixes[i - 1], this.fixes[i]) : 0;
      const seconds = known ? (this.times[i] - this.times[i - 1]) / 1000 : 0;
      if (this.speeds[i] === null && seconds > 0) this.speeds[i] = way / seconds;
      if (this.headings[i] !== null) continue;
      this.headings[i] = way > SURE ? bearing(this.fixes[i - 1], this.fixes[i]) : null;
      if (this.headings[i] === null && known) this.headings[i] = this.headings[i - 1];
    }
  }

  /** Who drives at a moment, by name; "" where nobody is known. */
  driverAt(moment) {
    const [, name] = this.drivers.findLast(([at]) => at <= moment) ?? this.drivers[0] ?? [0, ""];
    return name;
  }

  get count() {
    return this.times.length;
  }

  get begin() {
    return this.times[0] ?? 0;
  }

  get end() {
    return this.times.at(-1) ?? 0;
  }

  /** Milliseconds in which it is known to have moved. */
  get moving() {
    let known = this.end - this.begin;
    for (const i of this.gaps) known -= this.times[i] - this.times[i - 1];
    return Math.max(0, known - this.stops.reduce((sum, stop) => sum + this.#known(stop), 0));
  }

  /** Of a stop, the time without the gaps in it. */
  #known({ begin, end }) {
    let known = end - begin;
    for (const i of this.gaps) {
      if (this.times[i - 1] >= begin && this.times[i] <= end) known -= this.times[i] - this.times[i - 1];
    }
    return known;
  }

  get fastest() {
    return this.speeds.reduce((most, speed) => Math.max(most, speed ?? 0), 0);
  }

  indexAt(moment) {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle] <= moment) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  stopAt(moment) {
    return this.stops.find(({ begin, end }) => begin <= moment && moment <= end) ?? null;
  }

  at(moment) {
    const i = this.indexAt(moment);
    if (i < 0) return null;
    const next = i + 1;
    const stop = this.stopAt(moment);
    const facing = this.headings[i];
    const here = { x: this.x[i], y: this.y[i], speed: this.speeds[i], facing, index: i, stop };
    if (this.gaps.has(next) && moment > this.times[i]) {
      return { ...here, speed: null, state: "lost", since: this.times[i], until: this.times[next] };
    }
    if (next === this.count) return { ...here, state: stateOf(here) };
    const share = (moment - this.times[i]) / (this.times[next] - this.times[i] || 1);
    here.x += (this.x[next] - this.x[i]) * share;
    here.y += (this.y[next] - this.y[i]) * share;
    if (share > 0.02) here.facing = this.headings[next] ?? facing;
    return { ...here, state: stateOf(here) };
  }
}

const stateOf = ({ speed, stop }) =>
  stop !== null || (speed !== null && speed < STILL) ? "standing" : "moving";
