/* Picks places on the small map of a dialog: a click sets the pin of the chosen chip.
 *
 * The element `.picker` says what it is by data-map, data-tile-url, data-tile-attribution, and
 * where its pins are by data-destination and data-pickup ("48.1,11.5" or ""); data-look is where
 * to look from near. A click becomes the event "spot" on it, with {name, lat, lng}.
 */

import { Ground, pin, waitForMap } from "../map/map.js";

const KINDS = { destination: "door", pickup: "bag" };
const WORDS = { destination: "Destination", pickup: "Pick-up" };
const NEAR = 16; // zoom: houses can be told apart
/* Whole pins, and none below the chips or the zoom; in pixels. */
const BESIDE = { paddingTopLeft: [24, 92], paddingBottomRight: [72, 24] };

class Picker {
  #pins = {};
  #chosen = "destination";

  constructor(element, map) {
    this.element = element;
    this.map = map;
    const { tileUrl, tileAttribution: attribution } = element.dataset;
    this.ground = new Ground(map, { tileUrl: tileUrl || null, attribution });
    window.L.control.zoom({ position: "topright" }).addTo(map);
    map.on("click", (event) => this.#clicked(event.latlng.wrap()));
    for (const chip of this.#chips()) {
      chip.addEventListener("click", () => this.#choose(chip.dataset.spot));
    }
    this.#choose(this.#chosen);
    new MutationObserver(() => this.#render()).observe(element, {
      attributes: true,
      attributeFilter: ["data-destination", "data-pickup"],
    });
    this.#render();
    this.#showPins();
    new MutationObserver(() => this.#look()).observe(element, {
      attributes: true,
      attributeFilter: ["data-look"],
    });
  }

  #chips() {
    return this.element.querySelectorAll("[data-spot]");
  }

  #choose(name) {
    this.#chosen = name;
    for (const chip of this.#chips()) {
      const on = chip.dataset.spot === name;
      chip.toggleAttribute("data-on", on);
      chip.setAttribute("aria-pressed", String(on));
    }
  }

  #clicked({ lat, lng }) {
    const detail = { name: this.#chosen, lat, lng };
    this.#put(this.#chosen, { lat, lng });
    this.element.dispatchEvent(new CustomEvent("spot", { detail }));
  }

  #render() {
    for (const name of Object.keys(KINDS)) this.#put(name, this.#place(name));
  }

  #showPins() {
    const places = Object.values(this.#pins).map((known) => known.getLatLng());
    if (places.length > 0) {
      this.map.fitBounds(places, { ...BESIDE, maxZoom: NEAR, animate: false });
    }
  }

  #look() {
    const place = this.#place("look");
    if (place) this.map.setView(place, Math.max(this.map.getZoom(), NEAR));
  }

  #place(name) {
    const [lat, lng] = (this.element.dataset[name] ?? "").split(",").map(Number);
    return Number.isFinite(lng) ? { lat, lng } : null;
  }

  #put(name, place) {
    const known = this.#pins[name];
    if (!place) {
      known?.remove();
      delete this.#pins[name];
      return;
    }
    if (known) known.setLatLng(place);
    else this.#pins[name] = pin(this.map, KINDS[name], place, WORDS[name]);
    if (!this.map.getBounds().contains(place)) this.map.panTo(place);
  }
}

/** A dialog was opened: its map becomes a picker, once. */
async function start(element) {
  element.dataset.ready = "";
  const map = await waitForMap(element.dataset.map);
  new Picker(element, map);
}

function look() {
  for (const element of document.querySelectorAll(".picker[data-map]:not([data-ready])")) {
    void start(element);
  }
}

new MutationObserver(look).observe(document.body, { subtree: true, childList: true });
look();
