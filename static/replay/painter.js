/* Draws the past on the map's canvas: a track with its gaps and stops, or the whole fleet.
 *
 *   const painter = new ReplayPainter(map)
 *   painter.show(past)          a TrackPast or FleetPast, or null
 *   painter.moment = 17…        milliseconds since the epoch; then painter.wake()
 *   painter.onPick = (driver)   a driver of the fleet was chosen: {id, name}
 */

import { CanvasLayer, onCanvas } from "../canvas/layer.js";
import { Marks } from "../canvas/marks.js";
import { MapTip } from "../canvas/tip.js";
import { clockWords, countWords, durationWords, numberWords, spanWords } from "./words.js";

const NEAR = 1.5; // pixels; a fix so near to the one drawn before is not worth a line
const LINE = 4;
const BEHIND = 0.35; // how much of the colour the whole way has; what is driven has all
const GAP = [6, 8];
const STOP = 9; // pixels, radius of a stop
const FINGER = 14; // pixels that a finger may miss by
const MOUSE = 2;
const FEW = 60; // up to so many in sight are drawn large,
const SOME = 400; // up to so many medium,
const MANY = 4000; // up to so many small, more as dots
const STATES = { moving: "moving", standing: "standing", lost: "without signal" };

export class ReplayPainter {
  past = null;
  moment = 0;
  onPick = () => {};
  #marks = []; // what can be pointed at: {x, y, reach, words, driver?}

  constructor(map) {
    this.map = map;
    this.layer = new CanvasLayer(map, (view) => this.#paint(view));
    this.marks = new Marks(this.layer.canvas);
    this.tip = new MapTip(map.getContainer());
    this.layer.canvas.setAttribute("role", "img");
    map.on("mousemove", ({ containerPoint }) => this.#pointAt(containerPoint));
    map.on("mouseout dragstart zoomstart", () => this.#pointAt(null));
    map.on("click", (event) => this.#clicked(event));
  }

  show(past) {
    this.past = past;
    this.#pointAt(null);
    this.wake();
  }

  wake() {
    this.layer.wake();
  }

  #paint(view) {
    const { past, marks } = this;
    this.#marks = [];
    marks.sharpen(view.ratio);
    if (past === null) this.#describe("Nothing is shown");
    else if (past.kind === "fleet") this.#paintFleet(view);
    else this.#paintTrack(view);
    return Infinity;
  }

  #describe(words) {
    const { canvas } = this.layer;
    if (canvas.getAttribute("aria-label") !== words) canvas.setAttribute("aria-label", words);
  }

  // one track

  #paintTrack(view) {
    const { past, moment } = this;
    const here = past.at(moment);
    const place = here && onView(view, here);
    this.#line(view, 0, past.count, BEHIND);
    if (here) this.#line(view, 0, here.index + 1, 1, here.state === "lost" ? null : place);
    this.#gaps(view);
    for (const stop of past.stops) this.#stop(view, stop);
    this.#describe(`The way, ${countWords(past.stops.length, "stop")}, at ${clockWords(moment)}`);
    if (!here) return;
    const { context } = view;
    const { state, facing } = here;
    const initial = [...past.driverAt(moment).trim()][0]?.toLocaleUpperCase() ?? "?";
    this.marks.halo(context, place.x, place.y, 56, state);
    this.marks.driver(context, place.x, place.y, { state, facing, initial, grade: "large" });
  }

  /** The way from one fix to before another, and on to a place; gaps are left out. */
  #line(view, from, to, alpha, end = null) {
    const { past } = this;
    const { context } = view;
    context.beginPath();
    let last = null;
    for (let i = from; i < to; i += 1) {
      const at = onView(view, { x: past.x[i], y: past.y[i] });
      const gap = last === null || past.gaps.has(i);
      const edge = i + 1 === to || past.gaps.has(i + 1);
      if (!gap && !edge && Math.abs(at.x - last.x) < NEAR && Math.abs(at.y - last.y) < NEAR) continue;
      if (gap) context.moveTo(at.x, at.y);
      else context.lineTo(at.x, at.y);
      last = at;
    }
    if (end && last) context.lineTo(end.x, end.y);
    this.#stroke(context, LINE, alpha);
  }

  #gaps(view) {
    const { past } = this;
    const { context } = view;
    context.beginPath();
    for (const i of past.gaps) {
      const from = onView(view, { x: past.x[i - 1], y: past.y[i - 1] });
      const to = onView(view, { x: past.x[i], y: past.y[i] });
      context.moveTo(from.x, from.y);
      context.lineTo(to.x, to.y);
      const words = `No signal, ${spanWords(past.times[i - 1], past.times[i])}`;
      this.#marks.push({ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2, reach: 8, words });
    }
    context.setLineDash(GAP);
    this.#stroke(context, LINE - 1, 0.7);
    context.setLineDash([]);
  }

  #stroke(context, width, alpha) {
    context.globalAlpha = alpha;
    context.lineWidth = width;
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = this.marks.colours.accent;
    context.stroke();
    context.globalAlpha = 1;
  }

  /** Two bars on a disc, as on a player: here it paused. */
  #stop(view, stop) {
    const { context } = view;
    const { x, y } = onView(view, stop);
    const { surface, text } = this.marks.colours;
    context.beginPath();
    context.arc(x, y, STOP, 0, 2 * Math.PI);
    context.fillStyle = surface;
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = text;
    context.stroke();
    context.fillStyle = text;
    context.fillRect(x - 4, y - 4, 3, 8);
    context.fillRect(x + 1, y - 4, 3, 8);
    const words = `Stop, ${durationWords(stop.end - stop.begin)}, ${spanWords(stop.begin, stop.end)}`;
    this.#marks.push({ x, y, reach: STOP, words });
  }

  // the fleet

  #paintFleet(view) {
    const everybody = this.past.at(this.moment);
    const seen = everybody.filter((driver) => {
      Object.assign(driver, onView(view, driver));
      return driver.x > -40 && driver.y > -40 && driver.x < view.width + 40 && driver.y < view.height + 40;
    });
    const grade = gradeOf(seen.length);
    const reach = this.marks.reach(grade);
    for (const driver of seen) {
      const { x, y, state, facing, initial, name } = driver;
      this.marks.driver(view.context, x, y, { state, facing, initial, grade });
      const age = state === "lost" ? `, no signal for ${durationWords(driver.age)}` : `, ${state}`;
      this.#marks.push({ x, y, reach, words: `${name}${age}`, driver });
    }
    this.#describe(`Drivers: ${countedStates(everybody)}`);
  }

  // pointing

  #clicked({ containerPoint, originalEvent }) {
    const mark = this.#at(containerPoint, originalEvent.pointerType === "touch" ? FINGER : MOUSE);
    if (mark?.driver) this.onPick(mark.driver);
    else if (mark && originalEvent.pointerType === "touch") this.tip.show(containerPoint, mark.words);
  }

  #pointAt(point) {
    const mark = point && this.#at(point, MOUSE);
    if (mark) this.tip.show(point, mark.words);
    else this.tip.hide();
    this.map.getContainer().classList.toggle("is-over-mark", mark?.driver !== undefined);
  }

  #at(point, extra) {
    const { x, y } = onCanvas(point);
    let found = null;
    let nearest = Infinity;
    for (const mark of this.#marks) {
      const distance = Math.hypot(mark.x - x, mark.y - y);
      if (distance > mark.reach + extra || distance > nearest) continue;
      found = mark;
      nearest = distance;
    }
    return found;
  }
}

const onView = ({ scale, left, top }, { x, y }) => ({ x: x * scale - left, y: y * scale - top });

/** "8 moving, 3 standing" */
export function countedStates(drivers) {
  const parts = Object.entries(STATES).map(([state, word]) => {
    const count = drivers.filter((driver) => driver.state === state).length;
    return count > 0 ? `${numberWords(count)} ${word}` : "";
  });
  return parts.filter(Boolean).join(", ") || "none";
}

function gradeOf(count) {
  if (count <= FEW) return "large";
  if (count <= SOME) return "medium";
  return count <= MANY ? "small" : "dots";
}
