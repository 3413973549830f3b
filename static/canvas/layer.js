/* A canvas over the whole map, drawn only when there is something new to see.
 *
 *   const layer = new CanvasLayer(map, paint)
 *   layer.wake()      what is drawn has changed
 *   layer.remove()
 *
 * `paint(view)` draws, and returns in how many milliseconds it wants to draw again (Infinity: when
 * woken). view: {context, now, left, top, scale, width, height}; a place whose Web Mercator x, y
 * (0 to 1, see geometry.js) is known lies at (x * scale - left, y * scale - top). The canvas takes
 * no pointer: whoever wants to know what lies under it asks the painter.
 */

const FRAME = 1000 / 30; // milliseconds; drawn no faster than this
const AROUND = 64; // pixels drawn beyond each edge, seen while the map is dragged
const TILE = 256; // pixels of the whole world at zoom 0
const SHARPEST = 3; // canvas pixels for one of the page

export class CanvasLayer {
  #drawnAt = -Infinity;
  #timer = 0;
  #frame = 0;
  #due = Infinity;
  #zooming = false;
  #drawn = null; // where the map was when it was drawn last

  constructor(map, paint) {
    this.map = map;
    this.paint = paint;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "fleet-canvas leaflet-zoom-animated";
    this.context = this.canvas.getContext("2d");
    map.getPane("markerPane").append(this.canvas);
    this.events = {
      "move viewreset resize": () => this.wake(),
      zoom: () => this.#zooming || this.draw(),
      zoomanim: (event) => this.#zoomWith(event),
      "zoomend moveend": () => this.#settle(),
    };
    for (const [names, action] of Object.entries(this.events)) map.on(names, action);
    this.seen = () => document.hidden || this.wake();
    document.addEventListener("visibilitychange", this.seen);
    this.scheme = window.matchMedia("(prefers-color-scheme: dark)");
    this.scheme.addEventListener("change", this.seen);
    this.wake();
  }

  remove() {
    for (const [names, action] of Object.entries(this.events)) this.map.off(names, action);
    document.removeEventListener("visibilitychange", this.seen);
    this.scheme.removeEventListener("change", this.seen);
    this.#rest();
    this.canvas.remove();
  }

  /** Draw with the next frame that is due. */
  wake() {
    this.#within(0);
  }

  draw() {
    this.#rest();
    const now = performance.now();
    this.#drawnAt = now;
    const view = this.#fit(now);
    if (view) this.#within(this.paint(view));
  }

  /** In so many milliseconds from now, unless something sooner is waited for already. */
  #within(wanted) {
    if (wanted === Infinity || document.hidden) return;
    const due = Math.max(performance.now() + wanted, this.#drawnAt + FRAME);
    if (due >= this.#due) return;
    this.#rest();
    this.#due = due;
    // A frame's clock lies a little before ours: half of one earlier still means the same frame.
    const wait = due - performance.now() - 8;
    if (wait > 8) this.#timer = setTimeout(() => this.#askFrame(), wait);
    else this.#askFrame();
  }

  #askFrame() {
    this.#frame = requestAnimationFrame(() => {
      if (performance.now() < this.#due - 8) this.#askFrame();
      else if (this.#zooming) this.#rest();
      else this.draw();
    });
  }

  #rest() {
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#frame);
    this.#due = Infinity;
  }

  /** The canvas lies exactly over what is seen, pixel on pixel. */
  #fit(now) {
    const { map, canvas, context } = this;
    const size = map.getSize();
    if (size.x === 0 || size.y === 0) return null;
    const ratio = Math.min(SHARPEST, window.devicePixelRatio || 1);
    const width = size.x + 2 * AROUND;
    const height = size.y + 2 * AROUND;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const corner = map.containerPointToLayerPoint([-AROUND, -AROUND]);
    window.L.DomUtil.setPosition(canvas, corner);
    const zoom = map.getZoom();
    this.#drawn = { zoom, place: map.layerPointToLatLng(corner) };
    const origin = map.getPixelBounds().min;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const scale = TILE * 2 ** zoom;
    return { context, now, width, height, ratio, scale, left: origin.x - AROUND, top: origin.y - AROUND };
  }

  /** A zoom is a CSS transition of Leaflet's: what is drawn goes with it, as its own layers do. */
  #zoomWith({ center, zoom }) {
    if (!this.#drawn) return;
    this.#zooming = true;
    const { map } = this;
    const half = map.getSize().divideBy(2);
    const origin = map.project(center, zoom).subtract(half);
    const inPane = map.containerPointToLayerPoint([0, 0]);
    const offset = map.project(this.#drawn.place, zoom).subtract(origin).add(inPane);
    const share = map.getZoomScale(zoom, this.#drawn.zoom);
    window.L.DomUtil.setTransform(this.canvas, offset, share);
  }

  #settle() {
    this.#zooming = false;
    this.draw();
  }
}

/** Where on the canvas something of the map's container lies. */
export const onCanvas = ({ x, y }) => ({ x: x + AROUND, y: y + AROUND });
