/* A courier on the map: glides between fixes at their pace, turns, shows accuracy and age.
 *
 * One requestAnimationFrame loop serves all couriers, and sleeps when none of them moves.
 * What it can do stands in map.js, which hands it on.
 */

import { bearing, between, metres, metresPerPixel, turnTo } from "./geometry.js";
import { Glide } from "./glide.js";
import { drawing, reducedMotion, shape } from "../shared/page.js";

const TURN = 180; // milliseconds, time constant of a turn
const STANDING = 3; // metres; less is no movement that tells a heading
const VISIBLE = 0.2; // pixels; a smaller step is not worth drawing
const ACCURACY_SHOWN = 30; // metres

let Gliding; // a Leaflet marker that is drawn between pixels; made when Leaflet is there

function glidingMarker(place, options) {
  Gliding ??= window.L.Marker.extend({
    update() {
      const map = this._map;
      if (!map || !this.getElement() || zooming.has(map)) return this;
      const point = map.project(this.getLatLng()).subtract(map.getPixelOrigin());
      const height = Math.round(point.y) + this.options.zIndexOffset;
      if (height !== this.height) this.getElement().style.zIndex = this.height = height;
      const before = window.L.DomUtil.getPosition(this.getElement());
      const still = Math.abs(point.x - before.x) < VISIBLE && Math.abs(point.y - before.y) < VISIBLE;
      if (!still) window.L.DomUtil.setPosition(this.getElement(), point);
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
  // One to where the map is already has ended, with its "zoomend", before we hear that it begins.
  map.on("zoomanim", (event) => event.zoom !== map.getZoom() && zooming.add(map));
  map.on("zoomend", () => zooming.delete(map));
}

/** A courier on the map: glides from fix to fix, turns, shows accuracy and age. */
export class Courier {
  drawn = null;
  #glide = new Glide();
  #steppedAt = 0;
  #heading = null;
  #facing = null;

  constructor(map, { initial = "", name = "", onMove, onReach } = {}) {
    this.map = map;
    this.onMove = onMove;
    this.onReach = onReach;
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

  get newest() {
    return this.#glide.newest;
  }

  setFix(fix) {
    const previous = this.newest;
    if (previous && fix.at <= previous.at) return false;
    const now = performance.now();
    this.#glide.add(fix, now, reducedMotion() || document.hidden);
    if (!previous) this.#appear(fix);
    else this.#follow(now);
    this.#fitHalo();
    return true;
  }

  setStale(words) {
    this.parts.root.classList.toggle("is-stale", words !== null);
    this.parts.note.textContent = words ?? "";
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
    const glides = this.#glide.step(now, this.onReach);
    const { from, to, share } = this.#glide;
    this.#draw(glides ? between(from, to, share) : from);
    this.#turn(glides ? headingOf(from, to) : from.heading, elapsed);
    return glides || this.#isTurning();
  }

  #appear(fix) {
    this.drawn = { lat: fix.lat, lng: fix.lng };
    const icon = window.L.divIcon({ className: "", html: this.parts.root, iconSize: null });
    this.marker = glidingMarker([fix.lat, fix.lng], {
      icon,
      keyboard: false,
      interactive: false,
      zIndexOffset: 400,
      alt: this.name,
    }).addTo(this.map);
    const element = this.marker.getElement();
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", this.name);
    this.#turn(fix.heading, Infinity);
    this.onReach?.(fix);
    this.onMove?.(this.drawn, this);
  }

  #follow(now) {
    if (!moving.has(this)) this.#steppedAt = now;
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
    const pixels = accuracy / metresPerPixel(this.newest.lat, this.map.getZoom());
    this.parts.halo.style.setProperty("--accuracy", `${Math.min(600, 2 * pixels).toFixed(0)}px`);
  }
}

/** Which way it faces on the way to `to`: as the phone says, else as it moves. */
function headingOf(from, to) {
  if (to.heading !== null && to.heading !== undefined) return to.heading;
  return metres(from, to) > STANDING ? bearing(from, to) : null;
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
  const svg = drawing("0 0 56 56");
  svg.append(shape("M28 1 37 13.5a18 18 0 0 0-18 0z", ""));
  wedge.append(svg);
  root.append(halo, wedge, disc, note);
  return { root, halo, wedge, disc, note };
}
