/* The map's own things, shared by the customer's page and the dashboard.
 *
 * Leaflet comes with NiceGUI's `ui.leaflet`, which puts it at `window.L` once a map is there;
 * so nothing here touches `L` before `waitForMap` has answered. Colours and sizes live in
 * ontheway.css: shapes carry class names only. Every string from outside becomes a text node.
 * Times are milliseconds since the epoch, places `{lat, lng}` in degrees.
 *
 *   await waitForMap("c5")                  the Leaflet map of the NiceGUI element with this HTML id
 *   new Ground(map, {tileUrl, attribution}) tiles, or a plain ground with graticule and scale bar;
 *                                           also the way back to it when tiles do not load
 *   pin(map, "door" | "bag", place, label)  a destination or a shop; returns the Leaflet marker
 *   new Courier(map, {initial, name, onMove, onReach, onClick, pane})
 *       .setFix({lat, lng, heading, accuracy, at})  an older or equal `at` is ignored
 *       .setStale("last seen 14:02" | null) grey, without its wedge, with these words
 *       .setInitial(text) .select(on) .remove()
 *       .drawn                              {lat, lng} as drawn now, or null
 *       .newest                             the newest fix, or null
 *   new Route(map, {dim})                   the way so far: 4 px, older part paler, gaps dashed
 *       .set([{lat, lng, at}]) .add(fix) .head(place, at) .ahead(from, to) .clear() .remove()
 *   between(a, b, share) bearing(a, b) metres(a, b)   small geometry, good for a city
 *
 * One requestAnimationFrame loop serves all couriers, and sleeps when none of them moves.
 */

const LONGEST_DELAY = 5000; // a courier is drawn at most this far behind its newest fix
const BATCH = 50; // milliseconds; fixes that close together came at once
const GAP = 60_000; // longer without a fix: the way between is not known
const RECENT = 5 * 60_000; // the part of the route in full colour
const TURN = 180; // milliseconds, time constant of a turn
const STANDING = 3; // metres; less is no movement that tells a heading
const ACCURACY_SHOWN = 30; // metres
const EARTH = 6_371_008.8; // metres, mean radius (IUGG)

const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");

/** Whether this person asked for less movement. */
export const reducedMotion = () => stillness.matches;

/** The Leaflet map of NiceGUI's element, once it is initialised. */
export async function waitForMap(elementId, patience = 30_000) {
  const id = String(elementId).replace(/^c/, "");
  const deadline = performance.now() + patience;
  for (;;) {
    const map = findMap(id);
    if (map) return map;
    if (performance.now() > deadline) throw new Error("The map did not start.");
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

function findMap(id) {
  try {
    return window.L && window.getElement?.(id)?.map;
  } catch {
    return undefined; // NiceGUI's app is not mounted yet
  }
}

/* ------------------------------------------------------------------ geometry */

const radians = (degrees) => (degrees * Math.PI) / 180;
const degrees = (angle) => (angle * 180) / Math.PI;

/** Metres between two places (haversine). */
export function metres(a, b) {
  const lat = Math.sin(radians(b.lat - a.lat) / 2);
  const lng = Math.sin(radians(b.lng - a.lng) / 2);
  const h = lat * lat + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * lng * lng;
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Degrees clockwise from north, for the way from `a` to `b`. */
export function bearing(a, b) {
  const lng = radians(b.lng - a.lng);
  const y = Math.sin(lng) * Math.cos(radians(b.lat));
  const x =
    Math.cos(radians(a.lat)) * Math.sin(radians(b.lat)) -
    Math.sin(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.cos(lng);
  return (degrees(Math.atan2(y, x)) + 360) % 360;
}

/** The place at `share` (0 to 1) of the way, the short way round the date line. */
export function between(a, b, share) {
  let turn = b.lng - a.lng;
  if (turn > 180) turn -= 360;
  if (turn < -180) turn += 360;
  return { lat: a.lat + (b.lat - a.lat) * share, lng: a.lng + turn * share };
}

/** The signed short way, in degrees, from one heading to another. */
const turnTo = (from, to) => ((to - from + 540) % 360) - 180;

/* ------------------------------------------------------------------ ground */

/** What lies under everything: tiles, or a graticule and a scale bar. */
export class Ground {
  constructor(map, { tileUrl = null, attribution = "" } = {}) {
    this.map = map;
    map.attributionControl?.setPrefix(false);
    map.getContainer().classList.add("ground");
    const miles = milesPeople();
    window.L.control.scale({ imperial: miles, metric: !miles, maxWidth: 96 }).addTo(map);
    this.grid = graticule();
    if (!tileUrl) {
      this.grid.addTo(map);
      return;
    }
    this.loaded = 0;
    this.tiles = window.L.tileLayer(tileUrl, {
      attribution: safeAttribution(attribution),
      maxZoom: 19,
      className: "tiles",
    });
    this.tiles.on("tileload", () => this.#tileLoaded());
    this.tiles.on("tileerror", () => this.#tileFailed());
    this.tiles.addTo(map);
    window.addEventListener("online", () => this.tiles.redraw());
  }

  #tileLoaded() {
    this.loaded += 1;
    if (this.map.hasLayer(this.grid)) this.grid.remove();
  }

  #tileFailed() {
    if (this.loaded === 0 && !this.map.hasLayer(this.grid)) this.grid.addTo(this.map);
  }
}

const milesPeople = () => /-(US|LR)\b/.test(navigator.language);

function graticule() {
  const Grid = window.L.GridLayer.extend({
    createTile() {
      const tile = document.createElement("div");
      tile.className = "graticule";
      return tile;
    },
  });
  return new Grid({ pane: "tilePane", maxZoom: 22, keepBuffer: 4, updateWhenZooming: false });
}

/** Leaflet shows attributions as HTML; of the given text only words and plain links are kept. */
function safeAttribution(html) {
  const out = document.createElement("span");
  const given = new DOMParser().parseFromString(html ?? "", "text/html");
  for (const node of given.body.childNodes) {
    const href = node.nodeName === "A" ? node.getAttribute("href") : "";
    if (!/^https?:/i.test(href ?? "")) {
      out.append(node.textContent);
      continue;
    }
    const link = Object.assign(document.createElement("a"), { href, textContent: node.textContent });
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    out.append(link);
  }
  return out.innerHTML;
}

/* ------------------------------------------------------------------ pins */

const SVG = "http://www.w3.org/2000/svg";
const DROP = "M15 1C7.3 1 1 7.2 1 14.8 1 24.5 15 40 15 40s14-15.5 14-25.2C29 7.2 22.7 1 15 1z";
const SIGNS = {
  door: ["M10.5 8.5h9v13h-9z", "M17.2 14.2a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8z"],
  bag: ["M9.5 12h11l-.9 9.5h-9.2z", "M12.4 12v-1.2a2.6 2.6 0 0 1 5.2 0V12"],
};

/** A pin for a destination ("door") or a shop ("bag"); `label` is for tooltips and readers. */
export function pin(map, kind, place, label) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 30 41");
  svg.append(path(DROP, "pin-drop"));
  SIGNS[kind].forEach((shape, i) => svg.append(path(shape, `pin-${kind}-${i}`)));
  const marker = window.L.marker([place.lat, place.lng], {
    icon: window.L.divIcon({ className: `pin pin-${kind}`, html: svg, iconSize: null }),
    keyboard: false,
    interactive: false,
    zIndexOffset: kind === "door" ? 200 : 100,
  }).addTo(map);
  const element = marker.getElement();
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", label);
  return marker;
}

function path(d, className) {
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", d);
  shape.setAttribute("class", className);
  return shape;
}

/* ------------------------------------------------------------------ courier */

let Gliding; // a Leaflet marker that is drawn between pixels; made when Leaflet is there

function glidingMarker(place, options) {
  Gliding ??= window.L.Marker.extend({
    update() {
      const map = this._map;
      if (!map || !this.getElement() || zooming.has(map)) return this;
      const point = map.project(this.getLatLng()).subtract(map.getPixelOrigin());
      window.L.DomUtil.setPosition(this.getElement(), point);
      return this;
    },
  });
  return new Gliding(place, options);
}

/** Couriers that still have way to go, moved by one loop. */
const moving = new Set();
let frame = 0;

function wake(courier) {
  moving.add(courier);
  if (!frame) frame = requestAnimationFrame(tick);
}

function tick() {
  const now = performance.now();
  for (const courier of moving) if (!courier.step(now)) moving.delete(courier);
  frame = moving.size > 0 ? requestAnimationFrame(tick) : 0;
}

/* A zoom is a CSS transition of Leaflet's; couriers wait until it is over. */
const watched = new WeakSet();
const zooming = new WeakSet();

function watchZoom(map) {
  if (watched.has(map)) return;
  watched.add(map);
  map.on("zoomanim", () => zooming.add(map));
  map.on("zoomend", () => zooming.delete(map));
}

/** A courier on the map: glides from fix to fix, turns, shows accuracy and age. */
export class Courier {
  drawn = null;
  newest = null;
  #fixes = []; // those around and ahead of what is drawn, by time
  #drawnAt = 0; // the moment, in the clock of the fixes, that is drawn
  #rate = 1; // milliseconds of fix time for one of ours
  #steppedAt = 0;
  #delay = 1000;
  #arrivedAt = 0;
  #heading = null;
  #facing = null;

  constructor(map, { initial = "", name = "", onMove, onReach, onClick, pane } = {}) {
    this.map = map;
    this.onMove = onMove;
    this.onReach = onReach;
    this.onClick = onClick;
    this.pane = pane;
    this.name = name;
    this.parts = courierElements();
    this.setInitial(initial);
    watchZoom(map);
    this.refit = () => {
      this.#fitHalo();
      this.marker?.update();
    };
    map.on("zoomend", this.refit);
  }

  setInitial(text) {
    this.parts.disc.textContent = text;
  }

  setFix(fix) {
    if (this.newest && fix.at <= this.newest.at) return false;
    const previous = this.newest;
    this.newest = fix;
    if (!previous) this.#appear(fix);
    else this.#aim(previous, fix);
    this.#fitHalo();
    return true;
  }

  setStale(words) {
    this.parts.root.classList.toggle("is-stale", words !== null);
    this.parts.note.textContent = words ?? "";
  }

  select(on) {
    this.parts.root.classList.toggle("is-selected", on);
    this.marker?.setZIndexOffset(on ? 600 : 400);
  }

  remove() {
    moving.delete(this);
    this.map.off("zoomend", this.refit);
    this.marker?.remove();
    this.marker = null;
    this.drawn = null;
  }

  /** Draws the moment that is due now; says whether there is more to come. */
  step(now) {
    const elapsed = now - this.#steppedAt;
    this.#steppedAt = now;
    this.#drawnAt = Math.min(this.newest.at, this.#drawnAt + this.#rate * elapsed);
    while (this.#fixes.length > 1 && this.#fixes[1].at <= this.#drawnAt) {
      this.#fixes.shift();
      this.onReach?.(this.#fixes[0]);
    }
    const [from, to] = this.#fixes;
    const arrived = to === undefined;
    const share = arrived ? 0 : (this.#drawnAt - from.at) / (to.at - from.at);
    this.#draw(arrived ? from : between(from, to, share));
    this.#turn(arrived ? from.heading : headingOf(from, to), elapsed);
    return !arrived || this.#isTurning();
  }

  #appear(fix) {
    this.#fixes = [fix];
    this.#arrivedAt = performance.now();
    this.#drawnAt = fix.at;
    this.drawn = { lat: fix.lat, lng: fix.lng };
    const icon = window.L.divIcon({ className: "", html: this.parts.root, iconSize: null });
    this.marker = glidingMarker([fix.lat, fix.lng], {
      icon,
      keyboard: Boolean(this.onClick),
      interactive: Boolean(this.onClick),
      zIndexOffset: 400,
      alt: this.name,
      ...(this.pane ? { pane: this.pane } : {}),
    }).addTo(this.map);
    const element = this.marker.getElement();
    element.setAttribute("role", this.onClick ? "button" : "img");
    element.setAttribute("aria-label", this.name);
    if (this.onClick) this.marker.on("click", () => this.onClick(this));
    this.#turn(fix.heading, Infinity);
    this.onReach?.(fix);
    this.onMove?.(this.drawn, this);
  }

  /** Sets the pace: the newest fix is reached one interval from now, at the latest in 5 s. */
  #aim(previous, fix) {
    const now = performance.now();
    if (now - this.#arrivedAt > BATCH) {
      const interval = Math.max(fix.at - previous.at, now - this.#arrivedAt);
      this.#delay = Math.min(LONGEST_DELAY, Math.max(interval, 200));
      this.#arrivedAt = now;
    }
    this.#fixes.push(fix);
    this.#rate = (fix.at - this.#drawnAt) / this.#delay;
    if (!moving.has(this)) this.#steppedAt = now;
    if (reducedMotion() || document.hidden) this.#drawnAt = fix.at;
    if (document.hidden) this.step(now);
    else wake(this);
  }

  #draw(place) {
    if (this.drawn && place.lat === this.drawn.lat && place.lng === this.drawn.lng) return;
    this.drawn = { lat: place.lat, lng: place.lng };
    this.marker.setLatLng(this.drawn);
    this.onMove?.(this.drawn, this);
  }

  #turn(heading, elapsed) {
    if (heading !== null && heading !== undefined) this.#heading = heading;
    if (this.#heading === null) return;
    const left = turnTo(this.#facing ?? this.#heading, this.#heading);
    const now = reducedMotion() || this.#facing === null || elapsed === Infinity;
    const share = now || Math.abs(left) < 0.5 ? 1 : 1 - Math.exp(-elapsed / TURN);
    const facing = this.#facing === null ? this.#heading : this.#facing + left * share;
    if (facing === this.#facing) return;
    this.#facing = facing;
    this.parts.wedge.style.transform = `rotate(${facing.toFixed(1)}deg)`;
    this.parts.root.classList.add("has-heading");
  }

  #isTurning() {
    return this.#heading !== null && Math.abs(turnTo(this.#facing, this.#heading)) > 0.5;
  }

  /** The pale disc is as wide as the fix is uncertain, where that says something. */
  #fitHalo() {
    const accuracy = this.newest?.accuracy ?? 0;
    if (accuracy <= ACCURACY_SHOWN) {
      this.parts.halo.style.removeProperty("--accuracy");
      return;
    }
    const pixels = accuracy / metresPerPixel(this.map, this.newest.lat);
    this.parts.halo.style.setProperty("--accuracy", `${Math.min(600, 2 * pixels).toFixed(0)}px`);
  }
}

/** Which way it faces on the way to `to`: as the phone says, else as it moves. */
function headingOf(from, to) {
  if (to.heading !== null && to.heading !== undefined) return to.heading;
  return metres(from, to) > STANDING ? bearing(from, to) : null;
}

function metresPerPixel(map, lat) {
  // Web Mercator: 256 px for the whole equator at zoom 0.
  return (2 * Math.PI * EARTH * Math.cos(radians(lat))) / (256 * 2 ** map.getZoom());
}

function courierElements() {
  const part = (className) => {
    const element = document.createElement("div");
    element.className = className;
    return element;
  };
  const root = part("courier");
  const halo = part("courier-halo");
  const wedge = part("courier-wedge");
  const disc = part("courier-disc");
  const note = part("courier-note");
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 56 56");
  svg.append(path("M28 1 37 13.5a18 18 0 0 0-18 0z", ""));
  wedge.append(svg);
  root.append(halo, wedge, disc, note);
  return { root, halo, wedge, disc, note };
}

/* ------------------------------------------------------------------ route */

/** The way so far. Points are those the courier has been drawn at, not those still ahead. */
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

  add(fix) {
    const last = this.#points.at(-1);
    if (last && fix.at <= last.at) return;
    this.#points.push(fix);
    const plain = last && fix.at - last.at <= GAP && fix.at - this.#splitAt <= RECENT + 60_000;
    if (plain) this.recent.addLatLng([fix.lat, fix.lng], this.recent.getLatLngs().at(-1));
    else this.#redraw();
    this.tip.setLatLngs([]);
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
      const gap = before !== null && point.at - before.at > GAP;
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
