/* The fleet on the map: drivers that glide and turn, doors of open orders, what is selected.
 *
 * All of it is drawn on one canvas (canvas/layer.js, fleet-painter.js), so that thousands can move.
 * For keys and screen readers there is the list beside the map; the canvas says how many there are.
 * Every string from outside becomes a text node or an attribute's value.
 */

import { CanvasLayer, onCanvas } from "../canvas/layer.js";
import { FleetDriver } from "./fleet-driver.js";
import { FleetPainter } from "./fleet-painter.js";
import { mercator } from "../map/geometry.js";
import { Route, pin } from "../map/map.js";
import { MapTip } from "../canvas/tip.js";
import { Sight } from "./sight.js";
import { readWay, wayWords } from "./way.js";

const FINGER = 14; // pixels that a finger may miss by
const MOUSE = 2;
const NEAREST = 18; // zoom at which no doors are merged
const NEAR = 15; // zoom that shows streets, for one driver or door

const STATES = ["moving", "standing", "lost", "offline", "off"];
const STATE_WORDS = { lost: "without signal", off: "off duty" };

/** All drivers and open orders; what is selected, and where the map looks. */
export class Fleet {
  drivers = new Map();
  orders = new Map();
  doors = new Map(); // of the open orders whose place is known, and of the chosen one
  looks = 0; // another number whenever a door looks otherwise, or is wanted where it was not
  selected = { order: "", driver: "" };
  hovered = null; // the driver or door under the pointer
  hoveredOrder = ""; // of the row under the pointer
  following = false;
  #told = { kind: "", orders: new Set(), drivers: new Set(), late: new Set() };
  #pointer = null; // where on the map it is
  #selection = 0; // counts them: an answer for an older one is dropped
  #reading = false; // the way of what is selected
  #bag = null; // the pin of where the chosen order comes from

  constructor(map, { onPick, onFollow, onWay, frame }) {
    this.map = map;
    this.onPick = onPick;
    this.onFollow = onFollow;
    this.onWay = onWay;
    this.sight = new Sight(map, frame);
    this.route = new Route(map);
    this.layer = new CanvasLayer(map, (view) => this.painter.paint(view));
    this.painter = new FleetPainter(this.layer.canvas, this);
    this.layer.canvas.setAttribute("role", "img");
    this.tip = new MapTip(map.getContainer());
    map.on("dragstart", () => this.follow(false));
    map.on("click", (event) => this.#clicked(event));
    map.on("mousemove", (event) => this.#pointAt(event.containerPoint));
    map.on("mouseout dragstart zoomstart", () => this.#pointAt(null));
    this.#describe();
  }

  take({ whole, drivers, orders, removed, moved }) {
    if (whole) this.#forget(drivers, orders);
    for (const order of orders) this.#takeOrder(order);
    for (const facts of drivers) {
      if (!this.drivers.has(facts.id)) this.drivers.set(facts.id, new FleetDriver(facts.id));
      this.drivers.get(facts.id).take(facts);
    }
    for (const move of moved) this.drivers.get(move[0])?.move(move);
    for (const id of removed) this.drivers.delete(id);
    if (drivers.length > 0 || removed.length > 0) this.#describe();
    this.#renderAhead();
    this.#pointAt(this.#pointer);
    this.layer.wake();
  }

  /** What the list says: which orders are late, and what is wanted (kind "": everything, "orders":
   * these and their drivers, "online": who is connected). */
  mark(told) {
    this.#told = told;
    for (const door of this.doors.values()) this.#judge(door);
    this.looks += 1;
    this.layer.wake();
  }

  /** Whether a driver or a door is what somebody looks for. */
  wants(thing) {
    const { kind, orders, drivers } = this.#told;
    if (kind === "") return true;
    if (!thing.glide) return orders.has(thing.id);
    if (kind === "online") return thing.facts.online;
    return drivers.has(thing.id) || (thing.facts.orders ?? []).some((id) => orders.has(id));
  }

  /** Once a second: places grow old. */
  tick() {
    for (const driver of this.drivers.values()) driver.judge();
    this.#describe();
    this.#pointAt(this.#pointer);
    this.layer.wake();
  }

  /** What is missing from the whole is no more. */
  #forget(drivers, orders) {
    const here = new Set(drivers.map((facts) => facts.id));
    const open = new Set(orders.map((order) => order.orderId));
    for (const id of [...this.drivers.keys()]) if (!here.has(id)) this.drivers.delete(id);
    for (const id of [...this.orders.keys()]) if (!open.has(id)) this.#removeOrder(id);
  }

  #takeOrder(order) {
    const { orderId: id, customer } = order;
    this.#removeOrder(id);
    if (order.gone) return;
    this.doors.delete(id);
    this.orders.set(id, order);
    if (order.lat != null) this.#addDoor(id, order, customer ? `#${id} ${customer}` : `#${id}`);
  }

  #addDoor(id, { lat, lng }, name) {
    const { x, y } = mercator({ lat, lng });
    const door = { id, name, lat, lng, worldX: x, worldY: y };
    this.doors.set(id, door);
    this.#judge(door);
    this.looks += 1;
  }

  /** What is remarkable about a door: that it is late, or that nobody brings its order. */
  #judge(door) {
    const order = this.orders.get(door.id); // none once it is over
    const alone = order && !order.driverId;
    door.kind = this.#told.late.has(door.id) ? "late" : alone ? "unassigned" : "";
    door.words = door.kind ? `${door.name}, ${door.kind}` : door.name;
  }

  /** It has ended; the door of the one whose card is open stays. */
  #removeOrder(id) {
    this.looks += 1;
    this.orders.delete(id);
    if (id !== this.selected.order) this.doors.delete(id);
  }

  /** How many do what, for those who do not see the canvas. */
  #describe() {
    const counts = new Map();
    for (const { state } of this.drivers.values()) counts.set(state, (counts.get(state) ?? 0) + 1);
    const parts = STATES.filter((state) => counts.has(state)).map(
      (state) => `${counts.get(state)} ${STATE_WORDS[state] ?? state}`,
    );
    const label = `Drivers: ${parts.join(", ") || "none"}`;
    const { canvas } = this.layer;
    if (canvas.getAttribute("aria-label") !== label) canvas.setAttribute("aria-label", label);
  }

  // pointing

  #clicked({ containerPoint, originalEvent }) {
    const reach = originalEvent.pointerType === "touch" ? FINGER : MOUSE;
    const thing = this.#at(containerPoint, reach);
    if (thing?.glide) this.onPick({ driver: thing.id });
    else if (thing?.doors) this.#open(thing);
    else if (thing) this.onPick({ order: thing.id });
    else if (this.selected.order || this.selected.driver) this.onPick({});
  }

  /** From so near that its doors stand for themselves. */
  #open(group) {
    this.follow(false);
    this.sight.look(group.doors, NEAREST);
  }

  /** The pointer is there, or nowhere; what lies under it may also move by itself. */
  #pointAt(point) {
    this.#pointer = point;
    const thing = point && this.#at(point, MOUSE);
    if (thing) this.tip.show(point, thing.words);
    else this.tip.hide();
    if (thing === this.hovered) return;
    this.hovered = thing;
    this.map.getContainer().classList.toggle("is-over-mark", thing !== null);
    this.layer.wake();
  }

  #at(point, reach) {
    const { x, y } = onCanvas(point);
    return this.painter.at(x, y, reach);
  }

  // selecting

  /** The driver who is selected, or who has the selected order. */
  get focus() {
    const id = this.selected.driver || this.orders.get(this.selected.order)?.driverId;
    return this.drivers.get(id) ?? null;
  }

  get door() {
    return this.doors.get(this.selected.order) ?? null;
  }

  /** Whether all but what is chosen step back: not where somebody is still to be found for it. */
  get dims() {
    const { order } = this.selected;
    return order !== "" && (!this.orders.has(order) || this.focus !== null);
  }

  select(selected) {
    const { order } = this.selected;
    if (!this.orders.has(order)) this.doors.delete(order);
    this.selected = selected;
    this.looks += 1;
    this.route.clear();
    this.#bag?.remove();
    this.#bag = null;
    this.onWay("");
    this.follow(false);
    this.#renderAhead();
    this.layer.wake();
    void this.#loadWay();
  }

  /** The row under the pointer. */
  hover(orderId) {
    if (orderId === this.hoveredOrder) return;
    this.hoveredOrder = orderId;
    this.looks += 1;
    this.layer.wake();
  }

  async #loadWay() {
    const turn = (this.#selection += 1);
    const { order, driver } = this.selected;
    this.#reading = Boolean(order || driver);
    if (!this.#reading) return;
    const way = await readWay(this.selected);
    if (turn !== this.#selection) return;
    this.#reading = false;
    if (way) this.#showWay(way);
    if (order && !this.following) this.#lookAtWay(way?.places ?? []);
  }

  #showWay(way) {
    const { order } = this.selected;
    for (const place of way.places) {
      if (place.kind === "bag") this.#bag = pin(this.map, "bag", place, `Pick-up of #${order}`);
      else if (!this.doors.has(order)) this.#addDoor(order, place, `#${order}`);
    }
    const drawn = this.focus?.glide.from?.at ?? Infinity;
    this.route.set(way.points.filter((point) => point.at <= drawn));
    this.onWay(wayWords(way, order ? `#${order}` : (this.focus?.facts.name ?? "this driver")));
    this.#renderAhead();
    this.layer.wake();
  }

  #renderAhead() {
    const focus = this.focus;
    const from = focus && focus.state !== "lost" ? focus.drawn : null;
    this.route.ahead(from ?? null, this.door);
  }

  // movement

  reached(fix) {
    if (this.route.points.length > 0) this.route.add(fix);
  }

  /** The one in focus is drawn at another place. */
  moved(driver) {
    this.route.head(driver.drawn, driver.seenAt);
    this.#renderAhead();
    if (this.following && performance.now() - this.sight.lookedAt > 1000) this.lookAtSelected();
  }

  follow(on) {
    this.following = on && this.focus?.drawn != null;
    this.onFollow(this.following);
    if (this.following) this.sight.look([this.focus.drawn], Math.max(NEAR, this.map.getZoom()));
  }

  /** Everything that matters now: who is at work, who is chosen, where the orders go; whether there
   * is any. Others may have gone off far away: they count only when nobody is at work. */
  fit(animate = true) {
    const busy = new Set([...this.orders.values()].map((order) => order.driverId));
    const all = [...this.drivers.values()];
    const working = all.filter(({ id, facts }) => (facts.onDuty && facts.online) || busy.has(id));
    const drivers = [...(working.length > 0 ? working : all), this.focus];
    const places = drivers.map((one) => one?.glide.newest).filter(Boolean);
    for (const order of this.orders.values()) if (order.lat != null) places.push(order);
    this.sight.look(places, 16, animate);
    return places.length > 0;
  }

  /** At what came with the address, or else at everything; whether there is anything, or will be
   * once its way is here. */
  lookFirst() {
    const places = this.#placesOfSelected();
    if (places.length === 0) return this.#reading || this.fit(false);
    this.sight.look(places, NEAR, false);
    return true;
  }

  /** Moves only when what was selected is not in sight. */
  lookAtSelected() {
    const places = this.#placesOfSelected();
    if (places.length === 0 || places.every((place) => this.sight.sees(place))) return;
    this.sight.look(places, Math.max(NEAR, Math.min(17, this.map.getZoom())));
  }

  /** At the whole way of an order from its pick-up to its door, unless it is well in sight. */
  #lookAtWay(places) {
    const { sight } = this;
    const all = [...this.route.points, ...places, ...this.#placesOfSelected()];
    const first = sight.lookedAt === 0;
    const zoom = this.map.getZoom();
    if (all.length === 0) first && this.fit(false);
    else if (first || !sight.seesAll(all) || (zoom < NEAR && sight.isSmall(all))) {
      sight.look(all, Math.max(NEAR, Math.min(17, zoom)), !first);
    }
  }

  #placesOfSelected() {
    return [this.focus?.drawn, this.following ? null : this.door].filter(Boolean);
  }
}
