/* The customer's map: courier, door, shop, the way between; and where it looks. It is NiceGUI's: its
 * element describes it, its import map names its Leaflet; what is left out is Vue, which would set
 * it up elsewhere.
 */

import { Courier, Ground, Route, bearing, metres, milesPeople, pin, reducedMotion } from "../map/map.js";
import { pause, stylesheet } from "../shared/page.js";
import { courierShown, given, isStale, place, readRoute, state } from "./state.js";
import { element, initial, say } from "./sheet.js";
import { courierName, fill, short, words } from "./words.js";

const CLOSEST = 17; // zoom
const NOTE = 104; // pixels: below the words of a weak signal, and for the note above them
const MENDING = 1000; // milliseconds, about, until a gap in the way is asked about
const HAND = 1000; // a movement of the map so soon after a touch is the person's

/** The map of this order in the element ``container``; made in pieces, each of them short. */
export async function openMap(container) {
  container.setAttribute("role", "region");
  container.setAttribute("aria-label", words.map.map);
  await loadLeaflet();
  await pause();
  const map = new OrderMap(container);
  await map.prepare();
  return map;
}

/** Leaflet at `window.L`, where map.js looks for it, and its styles. */
async function loadLeaflet() {
  const styles = stylesheet(given.map.styles);
  // What Leaflet asks of Internet Explorer throws elsewhere, and to say where, the browser would
  // read all of Leaflet again: half of its start.
  document.namespaces = { add() {} };
  const [{ leaflet }] = await Promise.all([import("nicegui-leaflet"), styles]);
  delete document.namespaces;
  window.L = leaflet;
}

/** The map of this order: what is on it, and where it looks. */
export class OrderMap {
  courier = null;
  following = true;
  #touchedAt = -Infinity; // when a hand was last on the map
  #lookedAt = 0;
  #stale = false; // whether the place is shown as old
  #torn = false; // there is a new gap in the way
  #mending = false;
  #door = null;
  #bag = null;

  constructor(container) {
    const tiled = Boolean(given.tileUrl);
    this.leaflet = window.L.map(container, {
      ...given.map.options,
      zoomSnap: tiled ? 1 : 0.25, // tiles are sharp at whole steps only
      fadeAnimation: tiled, // the plain ground is there at once
    });
    for (const hand of ["pointerdown", "wheel", "keydown", "touchstart"]) {
      const touched = () => (this.#touchedAt = performance.now());
      container.addEventListener(hand, touched, { capture: true, passive: true });
    }
    this.leaflet.on("dragstart movestart zoomstart", () => this.#started());
    this.leaflet.on("resize", () => this.following && this.look(false));
    element("follow").addEventListener("click", () => this.follow(true));
  }

  /** All but the courier. */
  async prepare() {
    const { leaflet } = this;
    await pause();
    this.look(false);
    await pause();
    const { tileUrl, tileAttribution: attribution } = given;
    this.ground = new Ground(leaflet, { tileUrl, attribution, miles: milesPeople() });
    await pause();
    const { zoom_in: zoomInTitle, zoom_out: zoomOutTitle } = words.map;
    window.L.control.zoom({ position: "topright", zoomInTitle, zoomOutTitle }).addTo(leaflet);
    await pause();
    this.route = new Route(leaflet);
    this.route.set(state.route);
    await pause();
    this.#renderPins();
    await pause();
  }

  render() {
    this.#renderPins();
    if (courierShown()) this.#renderCourier();
    else this.#removeCourier();
    this.renderAge();
    this.#renderButton();
    this.#renderAhead(this.courier?.drawn);
  }

  /** An old place is shown as old; called every second. */
  renderAge() {
    const stale = this.courier !== null && isStale();
    const note = stale ? fill(words.live.last_seen, { time: short(state.fix.at) }) : null;
    this.courier?.setStale(note);
    if (stale && !this.#stale && this.following) this.look(true);
    this.#stale = stale;
  }

  follow(on) {
    this.following = on;
    this.#touchedAt = -Infinity;
    this.#renderButton();
    if (on) this.look(true);
  }

  #renderButton() {
    const { follows, follow, back } = words.map;
    const button = element("follow");
    button.hidden = this.following && this.courier === null;
    button.setAttribute("aria-pressed", String(this.following));
    say("follow-word", this.following ? follows : this.courier ? follow : back);
    element("follow-word").classList.toggle("sr-only", this.following);
  }

  /** The map begins to move: by a hand, or by us. */
  #started() {
    if (this.following && performance.now() - this.#touchedAt < HAND) this.follow(false);
  }

  /** Shows everything that matters: courier and door, else door and shop. */
  look(animate) {
    const places = this.#places();
    this.#lookedAt = performance.now();
    this.leaflet.fitBounds(window.L.latLngBounds(places), {
      ...this.#frame(),
      maxZoom: places.length > 1 ? CLOSEST : 15,
      animate: animate && !reducedMotion(),
      duration: 0.6,
    });
  }

  #places() {
    const courier = courierShown() ? (this.courier?.drawn ?? place(state.fix)) : null;
    const shown = [courier, place(state.destination)].filter(Boolean);
    if (courier || !place(state.pickup)) return shown;
    return [...shown, place(state.pickup)];
  }

  /** Room for what lies on the map's edges; less where the map is small. When he was last seen
   * stands below the courier: that must not lie behind the words of a weak signal. */
  #frame() {
    const { y } = this.leaflet.getSize();
    const written = isStale() ? NOTE + element("fresh").offsetHeight : 0;
    const top = Math.min(104, 0.28 * y);
    const bottom = Math.max(Math.min(140, 0.45 * y), Math.min(written, 0.55 * y));
    return { paddingTopLeft: [64, top], paddingBottomRight: [76, bottom] };
  }

  #renderPins() {
    const door = state.linkEnded ? null : place(state.destination);
    const bag = state.linkEnded ? null : place(state.pickup);
    this.#door = replacePin(this.leaflet, this.#door, "door", door, words.events.door);
    this.#bag = replacePin(this.leaflet, this.#bag, "bag", bag, given.business || words.map.shop);
  }

  #renderCourier() {
    if (!this.courier) {
      this.courier = new Courier(this.leaflet, {
        initial: initial(),
        name: courierName() || words.map.courier,
        onMove: (drawn, courier) => this.#moved(drawn, courier),
        onReach: (fix) => this.route.add(fix) && void this.#mend(),
      });
      this.courier.setFix(withHeading(state.fix));
      if (this.following && this.#wantsLook(this.courier.drawn)) this.look(true);
      return;
    }
    this.courier.setInitial(initial());
    this.courier.setFix(state.fix);
  }

  /** The page missed a part of the way, unless the courier's phone did: the server knows. */
  async #mend() {
    this.#torn = true;
    if (this.#mending) return;
    this.#mending = true;
    while (this.#torn && this.courier) {
      // Of many pages that were cut off together, not all ask at once.
      await new Promise((resolve) => setTimeout(resolve, MENDING * (0.5 + Math.random())));
      this.#torn = false;
      const points = await fetch(`${window.location.pathname}/route`)
        .then(async (answer) => (answer.ok ? readRoute(await answer.json()) : null))
        .catch(() => null); // cut off on its way, or another's answer: the gap stays
      if (points && this.courier) this.route.mend(points);
    }
    this.#mending = false;
  }

  #removeCourier() {
    if (!this.courier) return;
    this.courier.remove();
    this.courier = null;
    this.route.clear();
    state.route = [];
    if (this.following) this.look(true);
  }

  #moved(drawn, courier) {
    this.route.head(drawn, courier.newest.at);
    this.#renderAhead(drawn);
    if (!this.following || performance.now() - this.#lookedAt < 1500) return;
    if (this.#wantsLook(drawn)) this.look(true);
  }

  #renderAhead(drawn) {
    const door = place(state.destination);
    const shown = drawn && door && !isStale() ? door : null;
    this.route.ahead(drawn ?? null, shown);
  }

  /** Looking elsewhere only with a cause: out of the frame, or much too far away. */
  #wantsLook(drawn) {
    const { paddingTopLeft: [left, top], paddingBottomRight: [right, bottom] } = this.#frame();
    const size = this.leaflet.getSize();
    const at = this.leaflet.latLngToContainerPoint(drawn);
    const inside =
      at.x > left / 2 && at.x < size.x - right / 2 && at.y > top / 2 && at.y < size.y - bottom / 2;
    if (!inside) return true;
    const places = this.#places();
    if (places.length < 2) return false;
    const padding = window.L.point(left + right, top + bottom);
    const wanted = this.leaflet.getBoundsZoom(window.L.latLngBounds(places), false, padding);
    return Math.min(CLOSEST, wanted) >= this.leaflet.getZoom() + 1;
  }
}

function replacePin(leaflet, marker, kind, at, label) {
  if (!at) {
    marker?.remove();
    return null;
  }
  if (!marker) return pin(leaflet, kind, at, label);
  return marker.setLatLng(at);
}

/** The first fix may say nothing of its heading; the last bit of the route does. */
function withHeading(fix) {
  const before = state.route.findLast((point) => point.at < fix.at && metres(point, fix) > 10);
  return fix.heading == null && before ? { ...fix, heading: bearing(before, fix) } : fix;
}
