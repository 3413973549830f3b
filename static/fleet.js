/* The fleet on the map: drivers as discs that glide and turn, open orders as door pins.
 *
 * What a driver is doing is told by shape before colour: moving (a wedge), standing (no wedge),
 * lost (a dashed ring and the age), offline (hollow, with the word), off (small and hollow).
 * Every string from outside becomes a text node or an attribute's value.
 */

import { Courier, Route, metres, pin, reducedMotion } from "./map.js";
import { ageWords, now } from "./staff.js";

const LOST = 60_000; // so old a place means that the signal is lost
const STEP = 5; // metres; more is movement, where the phone says no speed
const STILL = 20_000; // without such a step for so long it stands
const WALK = 1; // m/s; faster is moving
const MANY = 60; // more drivers are drawn more plainly
const EDGE = 48; // pixels kept free around what is looked at

/** Flags of fixes that never moved a marker: they are no part of the way. */
const MARKER_STAYS = new Set(["late", "repeated", "same_time", "teleport", "inaccurate"]);

const WORDS = { lost: "no signal", offline: "offline", off: "off duty" };

/** One driver on the map. */
class Driver {
  courier = null;
  movedAt = 0;
  #state = "";

  constructor(fleet, id) {
    this.fleet = fleet;
    this.id = id;
  }

  take(facts) {
    this.facts = facts;
    if (facts.lat == null) return;
    const at = Date.parse(facts.recordedAt);
    const fix = { lat: facts.lat, lng: facts.lng, at };
    const before = this.courier?.newest;
    if (before && metres(before, fix) > STEP) this.movedAt = at;
    const heading = facts.heading ?? null;
    this.courier ??= this.#appear();
    this.courier.setInitial([...facts.name.trim()][0]?.toLocaleUpperCase() ?? "?");
    this.courier.setFix({ ...fix, heading, accuracy: facts.accuracy ?? null });
    this.render();
  }

  /** What changes by itself: how old its place is. */
  render() {
    if (!this.courier) return;
    const state = this.state();
    const words = state === "lost" ? ageWords(this.age() / 1000) : (WORDS[state] ?? null);
    this.courier.setStale(words);
    if (state !== this.#state) this.courier.parts.root.dataset.state = this.#state = state;
    const element = this.courier.marker?.getElement();
    const name = `${this.facts.name}, ${WORDS[state] ?? state}`;
    if (!element || element.title === name) return;
    element.title = name;
    element.setAttribute("aria-label", name);
  }

  state() {
    const { onDuty, online, speed, recordedAt } = this.facts;
    if (!onDuty) return "off";
    if (!online) return "offline";
    if (this.age() > LOST) return "lost";
    const moving = speed == null ? Date.parse(recordedAt) - this.movedAt < STILL : speed >= WALK;
    return moving ? "moving" : "standing";
  }

  age() {
    return now() - Date.parse(this.facts.recordedAt);
  }

  remove() {
    this.courier?.remove();
  }

  #appear() {
    return new Courier(this.fleet.map, {
      name: this.facts.name,
      onMove: () => this.fleet.moved(this),
      onReach: (fix) => this.fleet.reached(this, fix),
      onClick: () => this.fleet.onPick({ driver: this.id }),
    });
  }
}

/** All drivers and open orders; what is selected, and where the map looks. */
export class Fleet {
  drivers = new Map();
  orders = new Map();
  selected = { order: "", driver: "" };
  following = false;
  #pins = new Map();
  #trail = 0; // counts selections: an answer for an older one is dropped
  #lookedAt = 0;

  constructor(map, { onPick, onFollow, frame }) {
    this.map = map;
    this.onPick = onPick;
    this.onFollow = onFollow;
    this.frame = frame;
    this.route = new Route(map);
    map.on("dragstart", () => this.follow(false));
    map.on("click", () => (this.selected.order || this.selected.driver) && this.onPick({}));
  }

  take({ whole, drivers, orders, removed }) {
    if (whole) this.#forget(drivers, orders);
    for (const order of orders) this.#takeOrder(order);
    for (const facts of drivers) {
      if (!this.drivers.has(facts.id)) this.drivers.set(facts.id, new Driver(this, facts.id));
      this.drivers.get(facts.id).take(facts);
    }
    for (const id of removed) this.#removeDriver(id);
    this.map.getContainer().toggleAttribute("data-many", this.drivers.size > MANY);
    this.#mark();
  }

  tick() {
    for (const driver of this.drivers.values()) driver.render();
  }

  /** What is missing from the whole is no more. */
  #forget(drivers, orders) {
    const here = new Set(drivers.map((facts) => facts.id));
    const open = new Set(orders.map((order) => order.orderId));
    for (const id of [...this.drivers.keys()]) if (!here.has(id)) this.#removeDriver(id);
    for (const id of [...this.orders.keys()]) if (!open.has(id)) this.#removeOrder(id);
  }

  #takeOrder(order) {
    if (order.gone) {
      this.#removeOrder(order.orderId);
      return;
    }
    this.orders.set(order.orderId, order);
    const known = this.#pins.get(order.orderId);
    if (order.lat == null) {
      known?.remove();
      this.#pins.delete(order.orderId);
      return;
    }
    const label = order.customer ? `#${order.orderId} ${order.customer}` : `#${order.orderId}`;
    const marker = known?.setLatLng([order.lat, order.lng]) ?? this.#newPin(order, label);
    marker.getElement().title = label;
  }

  #newPin(order, label) {
    const marker = pin(this.map, "door", order, label);
    this.#pins.set(order.orderId, marker);
    window.L.DomEvent.on(marker.getElement(), "click", (event) => {
      window.L.DomEvent.stop(event);
      this.onPick({ order: order.orderId });
    });
    return marker;
  }

  #removeOrder(id) {
    this.orders.delete(id);
    this.#pins.get(id)?.remove();
    this.#pins.delete(id);
  }

  #removeDriver(id) {
    this.drivers.get(id)?.remove();
    this.drivers.delete(id);
  }

  // selecting

  /** The driver who is selected, or who has the selected order. */
  get focus() {
    const id = this.selected.driver || this.orders.get(this.selected.order)?.driverId;
    return this.drivers.get(id) ?? null;
  }

  get door() {
    const order = this.orders.get(this.selected.order);
    return order?.lat == null ? null : { lat: order.lat, lng: order.lng };
  }

  select(selected) {
    this.selected = selected;
    this.route.clear();
    this.follow(false);
    this.#mark();
    this.#lookAtSelected();
    void this.#loadTrail();
  }

  /** The row under the pointer. */
  hover(orderId) {
    for (const [id, marker] of this.#pins) {
      marker.getElement().classList.toggle("is-hovered", id === orderId);
    }
  }

  #mark() {
    const focus = this.focus;
    for (const driver of this.drivers.values()) driver.courier?.select(driver === focus);
    for (const [id, marker] of this.#pins) {
      const on = id === this.selected.order;
      marker.getElement().classList.toggle("is-selected", on);
      marker.setZIndexOffset(on ? 500 : 200);
    }
    this.#renderAhead();
  }

  async #loadTrail() {
    const turn = (this.#trail += 1);
    const { order, driver } = this.selected;
    if (!order && !driver) return;
    const path = order ? `orders/${order}` : `drivers/${encodeURIComponent(driver)}`;
    const since = new Date(now() - (order ? 6 : 1) * 3_600_000).toISOString();
    const query = new URLSearchParams({ from: since, limit: 5000 });
    try {
      const answer = await fetch(`/api/v1/${path}/positions?${query}`);
      if (!answer.ok || turn !== this.#trail) return;
      const { items } = await answer.json();
      if (turn === this.#trail) this.#showTrail(items);
    } catch {
      // without the way so far the map is still right
    }
  }

  #showTrail(items) {
    const good = items.filter((item) => item.flags.every((flag) => !MARKER_STAYS.has(flag)));
    const drawn = this.focus?.courier?.newest?.at ?? Infinity;
    const points = good.map(({ lat, lng, recordedAt }) => ({ lat, lng, at: Date.parse(recordedAt) }));
    this.route.set(points.filter((point) => point.at <= drawn));
    this.#renderAhead();
  }

  #renderAhead() {
    const focus = this.focus;
    const from = focus && focus.state() !== "lost" ? focus.courier?.drawn : null;
    this.route.ahead(from ?? null, this.door);
  }

  // movement

  reached(driver, fix) {
    if (driver === this.focus && this.route.points.length > 0) this.route.add(fix);
  }

  moved(driver) {
    if (driver !== this.focus) return;
    this.route.head(driver.courier.drawn, driver.courier.newest.at);
    this.#renderAhead();
    if (this.following && performance.now() - this.#lookedAt > 1000) this.#lookAtSelected();
  }

  follow(on) {
    this.following = on && this.focus?.courier?.drawn != null;
    this.onFollow(this.following);
    if (this.following) this.#look([this.focus.courier.drawn], Math.max(15, this.map.getZoom()));
  }

  /** Everything that matters now: who is on duty, where the orders go; whether there is any. */
  fit(animate = true) {
    const working = [...this.drivers.values()].filter((one) => one.facts.onDuty && one.facts.online);
    const drivers = working.length > 0 ? working : [...this.drivers.values()];
    const places = drivers.map((one) => one.courier?.newest).filter(Boolean);
    for (const order of this.orders.values()) if (order.lat != null) places.push(order);
    this.#look(places, 16, animate);
    return places.length > 0;
  }

  /** Moves only when what was selected is not in sight. */
  #lookAtSelected() {
    const places = [this.focus?.courier?.drawn, this.following ? null : this.door].filter(Boolean);
    if (places.length === 0 || places.every((place) => this.#inSight(place))) return;
    this.#look(places, Math.max(15, Math.min(17, this.map.getZoom())));
  }

  #inSight(place) {
    const { top, right, bottom, left } = this.frame();
    const size = this.map.getSize();
    const at = this.map.latLngToContainerPoint(place);
    return (
      at.x > left + EDGE / 2 &&
      at.x < size.x - right - EDGE / 2 &&
      at.y > top + EDGE / 2 &&
      at.y < size.y - bottom - EDGE / 2
    );
  }

  #look(places, maxZoom, animate = true) {
    if (places.length === 0) return;
    this.#lookedAt = performance.now();
    const { top, right, bottom, left } = this.frame();
    this.map.fitBounds(window.L.latLngBounds(places.map(({ lat, lng }) => [lat, lng])), {
      paddingTopLeft: [left + EDGE, top + EDGE],
      paddingBottomRight: [right + EDGE, bottom + EDGE],
      maxZoom,
      animate: animate && !reducedMotion(),
      duration: 0.5,
    });
  }
}
