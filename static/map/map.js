/* The map's own things, shared by the customer's page and the dashboard; the fleet: fleet.js.
 *
 * Leaflet comes with NiceGUI's `ui.leaflet`, which puts it at `window.L` once a map is there;
 * so nothing here touches `L` before `waitForMap` has answered. Colours and sizes live in
 * ontheway.css: shapes carry class names only. Every string from outside becomes a text node.
 * Times are milliseconds since the epoch, places `{lat, lng}` in degrees.
 *
 *   await waitForMap("c5")                  the Leaflet map of NiceGUI's element with this id
 *   new Ground(map, {tileUrl, attribution, miles}) tiles, or a plain ground with graticule and scale
 *                                           bar; also the way back to it when tiles do not load
 *   pin(map, "door" | "bag", place, label)  a destination or a shop; returns the Leaflet marker
 *   new Courier(map, {initial, name, onMove, onReach})
 *       .setFix({lat, lng, heading, accuracy, at})  an older or equal `at` is ignored
 *       .setStale("last seen 14:02" | null) grey, without its wedge, with these words
 *       .setInitial(text) .remove()
 *       .drawn                              {lat, lng} as drawn now, or null
 *       .newest                             the newest fix, or null
 *   new Route(map, {dim})                   the way so far: 4 px, older part paler, gaps dashed
 *       .set([{lat, lng, at}]) .add(fix) .mend(points) .head(place, at) .ahead(from, to) .clear() .remove()
 *   between(a, b, share) bearing(a, b) metres(a, b)   small geometry, good for a city
 *   reducedMotion()                         whether this person asked for less movement
 */

import { drawing, shape } from "../shared/page.js";

export { Courier } from "./courier.js";
export { bearing, between, metres } from "./geometry.js";
export { reducedMotion } from "../shared/page.js";
export { Route } from "./route.js";

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

/* ------------------------------------------------------------------ ground */

/** What lies under everything: tiles, or a graticule and a scale bar. */
export class Ground {
  constructor(map, { tileUrl = null, attribution = "", miles = false } = {}) {
    this.map = map;
    map.attributionControl?.setPrefix(false);
    map.getContainer().classList.add("ground");
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

/** Whether who reads this thinks in miles. */
export const milesPeople = () => /-(US|LR)\b/.test(navigator.language);

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
    const link = document.createElement("a");
    link.textContent = node.textContent;
    link.href = href;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    out.append(link);
  }
  return out.innerHTML;
}

/* ------------------------------------------------------------------ pins */

/** The form of a pin, in a box of 30 by 41 whose tip is at 15, 40; and what is in it. */
export const DROP = "M15 1C7.3 1 1 7.2 1 14.8 1 24.5 15 40 15 40s14-15.5 14-25.2C29 7.2 22.7 1 15 1z";
export const SIGNS = {
  door: ["M10.5 8.5h9v13h-9z", "M17.2 14.2a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8z"],
  bag: ["M9.5 12h11l-.9 9.5h-9.2z", "M12.4 12v-1.2a2.6 2.6 0 0 1 5.2 0V12"],
};

/** A pin for a destination ("door") or a shop ("bag"); `label` is for tooltips and readers. */
export function pin(map, kind, place, label) {
  const svg = drawing("0 0 30 41");
  svg.append(shape(DROP, "pin-drop"));
  SIGNS[kind].forEach((form, i) => svg.append(shape(form, `pin-${kind}-${i}`)));
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
