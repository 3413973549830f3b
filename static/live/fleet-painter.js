/* Draws the fleet on its canvas, and knows what lies under the pointer.
 *
 *   const painter = new FleetPainter(canvas, fleet)
 *   painter.paint(view)      see canvas/layer.js
 *   painter.at(x, y, extra)  the driver, door or group of doors drawn there, within `extra` pixels, or null
 *
 * fleet: {drivers, doors, looks, focus, selected, dims, hovered, hoveredOrder, wants(thing),
 *         reached(fix), moved(driver)}
 */

import { turnTo } from "../map/geometry.js";
import { DoorGroups } from "./door-groups.js";
import { Marks } from "../canvas/marks.js";
import { reducedMotion } from "../shared/page.js";

const ROOM = 1440 * 900; // pixels; on a smaller map fewer are many
const FEW = 60; // up to so many in sight are drawn large,
const SOME = 400; // up to so many medium,
const MANY = 4000; // up to so many small, more as dots
const STEPS = { large: 0.3, medium: 0.4, small: 1, dots: 1 }; // pixels: so far the fastest goes undrawn
const SOON = 33; // milliseconds between two drawings, at the least
const LATE = 500; // and at the most, while anything moves
const TURN = 180; // milliseconds, time constant of a turn
const DIM = 0.35; // of its colour, of what is not chosen
const MARGIN = 40; // pixels: what is drawn may be so much larger than its place
const PALE = 0.22; // who is not wanted
const CELL = 32; // pixels of one cell of the grid

export class FleetPainter {
  #cells = null; // what lies where; made when somebody asks
  #seen = [];
  #doorsSeen = []; // doors, and groups of them
  #groups = new DoorGroups();
  #paintedAt = 0;
  #focusAt = 0;

  constructor(canvas, fleet) {
    this.fleet = fleet;
    this.marks = new Marks(canvas);
    this.grade = "large";
    this.doorGrade = "large";
  }

  paint(view) {
    const { fleet, marks } = this;
    marks.sharpen(view.ratio);
    const elapsed = view.now - this.#paintedAt;
    this.#paintedAt = view.now;
    const fastest = this.#place(view);
    const crowding = ROOM / (view.width * view.height);
    this.grade = gradeOf(this.#seen.length * crowding);
    this.doorGrade = gradeOf(this.#doorsSeen.length * crowding);
    this.#cells = null;
    const { focus, hovered } = fleet;
    const chosen = fleet.doors.get(fleet.selected.order);
    this.dims = fleet.dims;
    view.context.globalAlpha = this.dims ? DIM : 1;
    for (const door of this.#doorsSeen) if (door !== chosen) this.#drawDoor(view.context, door);
    let turning = false;
    for (const driver of this.#seen) {
      turning = this.#turn(driver, elapsed) || turning;
      if (driver !== focus && driver !== hovered) this.#drawDriver(view, driver);
    }
    view.context.globalAlpha = 1;
    // What is chosen lies above all others, the driver above his door.
    if (hovered?.glide && hovered !== focus && hovered.inSight) this.#drawDriver(view, hovered);
    if (chosen) this.#drawDoor(view.context, chosen);
    if (focus?.inSight) this.#drawDriver(view, focus);
    if (turning) return SOON;
    return fastest === 0 ? Infinity : Math.max(SOON, Math.min(LATE, STEPS[this.grade] / fastest));
  }

  /** Where everything is now; pixels a millisecond of the fastest in sight. */
  #place(view) {
    const { fleet } = this;
    const { now, scale } = view;
    const { focus } = fleet;
    const reached = (fix) => fleet.reached(fix);
    this.#seen.length = this.#doorsSeen.length = 0;
    let fastest = 0;
    for (const driver of fleet.drivers.values()) {
      if (!driver.glide.newest) continue;
      driver.goOn(now, driver === focus ? reached : undefined);
      driver.x = driver.worldX * scale - view.left;
      driver.y = driver.worldY * scale - view.top;
      driver.inSight = isInside(driver, view);
      if (!driver.inSight) continue;
      this.#seen.push(driver);
      fastest = Math.max(fastest, driver.pace * scale);
    }
    for (const door of this.#groups.of(fleet, scale)) {
      door.x = door.worldX * scale - view.left;
      door.y = door.worldY * scale - view.top;
      if (isInside(door, view)) this.#doorsSeen.push(door);
    }
    const at = focus?.glide.newest ? focus.worldX + focus.worldY : 0;
    if (at !== this.#focusAt && at !== 0) fleet.moved(focus);
    this.#focusAt = at;
    return fastest;
  }

  /** Turns a little towards where it goes; whether there is more to turn. Of many somebody always
   * turns: they turn at once. */
  #turn(driver, elapsed) {
    const { heading } = driver;
    if (heading === null || driver.facing === heading) return false;
    const left = driver.facing === null ? 0 : turnTo(driver.facing, heading);
    if (this.grade !== "large" || Math.abs(left) < 1 || reducedMotion()) {
      driver.facing = heading;
      return false;
    }
    driver.facing = (driver.facing + left * (1 - Math.exp(-elapsed / TURN)) + 360) % 360;
    return true;
  }

  #drawDriver({ context, scale }, driver) {
    const { marks, fleet } = this;
    const { x, y, state } = driver;
    const selected = driver === fleet.focus;
    const raised = selected || driver === fleet.hovered;
    const grade = raised && this.grade !== "large" ? "medium" : this.grade;
    const pale = !raised && !fleet.wants(driver);
    const plain = state === "offline" || state === "off";
    const full = raised || !(this.dims || pale);
    const before = context.globalAlpha;
    if (pale) context.globalAlpha = PALE;
    if (full && grade === "large" && !plain) marks.halo(context, x, y, driver.haloSize(scale), state);
    const { initial, facing } = driver;
    marks.driver(context, x, y, { state, facing, initial, grade, selected });
    context.globalAlpha = before;
    if (full && grade === "large" && driver.note) marks.note(context, x, y, driver.note);
  }

  #drawDoor(context, door) {
    const { marks, doorGrade: grade } = this;
    const { x, y, id, kind } = door;
    if (door.doors) {
      marks.group(context, x, y, { ...door, count: door.doors.length });
      return;
    }
    const selected = id === this.fleet.selected.order;
    const hovered = id === this.fleet.hoveredOrder || door === this.fleet.hovered;
    marks.door(context, x, y, { grade, kind, selected, hovered });
  }

  // what lies where

  #lay() {
    const { marks } = this;
    this.#cells = new Map();
    const { focus, selected } = this.fleet;
    for (const door of this.#doorsSeen) {
      if (door.doors) {
        this.#remember(door, door.x, door.y, marks.groupReach, 2 * CELL);
        continue;
      }
      const chosen = door.id === selected.order;
      const { above, reach } = marks.doorHead(chosen ? "raised" : this.doorGrade);
      this.#remember(door, door.x, door.y - above, reach, chosen ? 0 : 2 * CELL);
    }
    const size = marks.reach(this.grade);
    for (const driver of this.#seen) {
      this.#remember(driver, driver.x, driver.y, size, driver === focus ? 0 : CELL);
    }
  }

  #remember(thing, x, y, reach, rank) {
    thing.hitX = x;
    thing.hitY = y;
    thing.reach = reach;
    thing.rank = rank;
    const key = cellOf(Math.floor(x / CELL), Math.floor(y / CELL));
    const cell = this.#cells.get(key);
    if (cell) cell.push(thing);
    else this.#cells.set(key, [thing]);
  }

  at(x, y, extra = 0) {
    if (this.#cells === null) this.#lay();
    const found = { thing: null, distance: Infinity };
    for (let column = -1; column <= 1; column += 1) {
      for (let row = -1; row <= 1; row += 1) {
        const key = cellOf(Math.floor(x / CELL) + column, Math.floor(y / CELL) + row);
        for (const thing of this.#cells.get(key) ?? []) nearer(found, thing, x, y, extra);
      }
    }
    return found.thing;
  }
}

/** The nearest, of equals the one drawn last; what is chosen before all, a driver before a door. */
function nearer(found, thing, x, y, extra) {
  const distance = Math.hypot(thing.hitX - x, thing.hitY - y);
  if (distance > thing.reach + extra) return;
  const ranked = distance + thing.rank;
  if (ranked > found.distance) return;
  found.thing = thing;
  found.distance = ranked;
}

const cellOf = (column, row) => column * 65_536 + row;

function gradeOf(count) {
  if (count <= FEW) return "large";
  if (count <= SOME) return "medium";
  return count <= MANY ? "small" : "dots";
}

const isInside = ({ x, y }, { width, height }) =>
  x > -MARGIN && y > -MARGIN && x < width + MARGIN && y < height + MARGIN;
