/* How drivers and doors look on the fleet's canvas. What a driver is doing is told by shape before
 * colour: moving points where it goes, standing is a plain disc, lost a broken ring, offline a
 * hollow ring, off duty a small hollow dot. Each form is drawn once and then copied.
 *
 *   const marks = new Marks(canvas)        colours and sizes are those of its stylesheet
 *   marks.sharpen(ratio)                   canvas pixels for one of the page
 *   marks.driver(context, x, y, {state, facing, initial, grade, selected})
 *   marks.halo(context, x, y, diameter, state)   marks.note(context, x, y, words)
 *   marks.door(context, x, y, {grade, kind, selected, hovered})
 *   marks.group(context, x, y, {count, late, unassigned})   doors that lie close together
 *
 * Grades, by how many are in sight: "large", "medium", "small", "dots". A door that is chosen or
 * pointed at is "raised". A door is a drop; kind "late" is a kite with an exclamation mark,
 * "unassigned" an empty drop with a question mark.
 */

import { DROP, SIGNS } from "../map/map.js";

const HEADINGS = 48; // arrows that are drawn; one of the next angle is copied
const LONELY = 0.72; // size of a driver off duty
const DOOR = { raised: 1.2, large: 1, medium: 0.72, small: 0.42, dots: 0.1 }; // of the pin's own size
const KITE = "M15 40 1 15 15 0 29 15Z"; // in the box of the drop
const GROUP = { height: 24, digit: 7.5, edge: 16, badge: 0.42 }; // pixels; the badge is a small pin
const HEAD = { above: 26, reach: 15 }; // pixels, of a pin's own size

export class Marks {
  #forms = new Map();
  #ratio = 1;

  constructor(canvas) {
    this.canvas = canvas;
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => this.#read());
    this.#read();
  }

  /** Colours and sizes as the stylesheet has them now. */
  #read() {
    this.#forms.clear();
    const style = getComputedStyle(this.canvas);
    const token = (name) => style.getPropertyValue(name).trim();
    const pixels = (name) => Number.parseFloat(token(name));
    this.font = style.fontFamily;
    this.colours = {};
    for (const name of ["accent", "on-accent", "warn", "on-status", "stale", "surface", "muted"]) {
      this.colours[name] = token(`--${name}`);
    }
    for (const name of ["ring", "text", "line-strong", "bad"]) this.colours[name] = token(`--${name}`);
    this.sizes = {};
    for (const grade of ["large", "medium", "small", "dots"]) this.sizes[grade] = pixels(`--mark-${grade}`);
    this.ring = pixels("--mark-ring");
    this.words = pixels("--size-small");
  }

  sharpen(ratio) {
    if (ratio !== this.#ratio) this.#forms.clear();
    this.#ratio = ratio;
  }

  /** How far from its middle something is still hit, in pixels. */
  reach(grade) {
    return this.sizes[grade] / 2 + this.ring;
  }

  /** Of a pin, how far above its tip the middle of its head is, and how far its edge. */
  doorHead(grade) {
    const size = DOOR[grade];
    return { above: HEAD.above * size, reach: HEAD.reach * size + this.ring };
  }

  /** How far from the middle of a group something is still hit. */
  get groupReach() {
    return GROUP.height / 2 + this.ring;
  }

  driver(context, x, y, { state, facing, initial, grade, selected }) {
    if (grade === "dots") {
      this.#dot(context, x, y, state);
      return;
    }
    if (selected) this.#copy(context, x, y, `selected|${grade}`, () => this.#chosen(grade));
    const small = grade === "small";
    const letter = small ? "" : initial;
    if (state === "moving" && facing !== null) {
      const step = Math.round((facing / 360) * HEADINGS) % HEADINGS;
      this.#copy(context, x, y, `arrow|${grade}|${step}`, () => this.#arrow(grade, step), small);
      if (small) return;
    }
    const key = `disc|${grade}|${state}|${letter}`;
    this.#copy(context, x, y, key, () => this.#disc(grade, state, letter), small);
  }

  /** Plain squares, the fastest there is: who moves is larger than who stands; without signal half
   * of it is empty, offline all of it, and off duty it is a bar. */
  #dot(context, x, y, state) {
    const size = state === "standing" ? this.sizes.dots - 2 : this.sizes.dots;
    const left = Math.round(x - size / 2);
    const top = Math.round(y - size / 2);
    context.fillStyle = this.#fill(state);
    if (state === "off") {
      context.fillRect(left, Math.round(y) - 1, size, 2);
      return;
    }
    context.fillRect(left, top, size, size);
    if (state === "moving" || state === "standing") return;
    context.fillStyle = this.colours.surface;
    const width = state === "lost" ? Math.floor(size / 2) - 1 : size - 4;
    context.fillRect(left + size - 2 - width, top + 2, width, size - 4);
  }

  halo(context, x, y, diameter, state) {
    context.globalAlpha = 0.1;
    context.fillStyle = this.#fill(state);
    context.beginPath();
    context.arc(x, y, diameter / 2, 0, 2 * Math.PI);
    context.fill();
    context.globalAlpha = 1;
  }

  /** Words below a driver. */
  note(context, x, y, words) {
    context.font = `${this.words}px ${this.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const middle = y + this.sizes.large / 2 + this.words;
    const width = context.measureText(words).width + this.words;
    const height = this.words * 1.5;
    context.globalAlpha = 0.88;
    context.fillStyle = this.colours.surface;
    context.beginPath();
    context.roundRect(x - width / 2, middle - height / 2, width, height, height / 2);
    context.fill();
    context.globalAlpha = 1;
    context.fillStyle = this.colours.muted;
    context.fillText(words, x, middle);
  }

  door(context, x, y, { grade, kind, selected, hovered }) {
    if (grade === "dots" && !selected && !hovered) {
      this.#doorDot(context, x, y, kind);
      return;
    }
    const size = DOOR[selected || hovered ? "raised" : grade];
    const key = `door|${size}|${kind}|${selected}`;
    this.#copy(context, x, y, key, () => this.#door(size, kind, selected), true);
  }

  /** Small squares; a late one is larger, one without driver is empty. */
  #doorDot(context, x, y, kind) {
    const size = kind ? this.sizes.dots + 1 : this.sizes.dots - 2;
    const left = Math.round(x - size / 2);
    const top = Math.round(y - size);
    context.fillStyle = this.#doorColour(kind, false);
    context.fillRect(left, top, size, size);
    if (kind !== "unassigned") return;
    context.fillStyle = this.colours.surface;
    context.fillRect(left + 2, top + 2, size - 4, size - 4);
  }

  /** A plate with the number of its doors; a small pin on it says that one of them is remarkable. */
  group(context, x, y, { count, late, unassigned }) {
    const kind = late ? "late" : unassigned ? "unassigned" : "";
    this.#copy(context, x, y, `group|${count}|${kind}`, () => this.#group(count, kind), true);
  }

  // forms: a size in pixels, and what draws it around 0, 0

  #arrow(grade, step) {
    const radius = this.sizes[grade] / 2;
    const small = grade === "small";
    const draw = (context) => {
      context.rotate((step / HEADINGS) * 2 * Math.PI);
      context.beginPath();
      if (small) kite(context, radius * 1.25);
      else wedge(context, radius);
      context.fillStyle = this.colours.accent;
      if (small) this.#outline(context, 1, this.colours.surface);
      context.fill();
    };
    return { size: radius * 3.4, draw };
  }

  #disc(grade, state, letter) {
    const small = grade === "small";
    const size = this.sizes[grade] * (state === "off" ? LONELY : 1);
    const hollow = state === "offline" || state === "off";
    const draw = (context) => {
      const line = grade === "large" ? this.ring * 1.5 : this.ring;
      const radius = (size - line) / 2 - (small ? 1 : 0);
      context.beginPath();
      context.arc(0, 0, radius, 0, 2 * Math.PI);
      context.fillStyle = hollow ? this.colours.surface : this.#fill(state);
      if (small && state === "lost") context.fillStyle = this.colours.surface;
      if (small && !hollow) this.#outline(context, 1, this.colours.surface);
      context.fill();
      context.lineWidth = line;
      context.strokeStyle = hollow ? this.colours.stale : this.colours.ring;
      if (small && state === "lost") context.strokeStyle = this.colours.warn;
      if (state === "lost") context.setLineDash(dashes(radius, small ? 3 : 8));
      if (state === "off" && !small) context.setLineDash(dashes(radius, 12));
      if (!small || state !== "standing") context.stroke();
      if (letter) this.#letter(context, letter, size, state, hollow);
    };
    return { size: size + 4, draw };
  }

  #letter(context, letter, size, state, hollow) {
    context.font = `700 ${Math.round(size * 0.4)}px ${this.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const { muted, "on-accent": onAccent, "on-status": onStatus } = this.colours;
    context.fillStyle = hollow ? muted : state === "lost" ? onStatus : onAccent;
    context.fillText(letter, 0, size * 0.03);
  }

  #chosen(grade) {
    const radius = this.sizes[grade] / 2 + 3;
    const draw = (context) => {
      context.beginPath();
      context.arc(0, 0, radius, 0, 2 * Math.PI);
      this.#outline(context, 2);
      context.lineWidth = 3;
      context.strokeStyle = this.colours.accent;
      context.stroke();
    };
    return { size: 2 * radius + 8, draw };
  }

  #door(size, kind, selected) {
    return { size: 90 * size, draw: (context) => this.#pin(context, size, kind, selected) };
  }

  /** Its tip lies at 0, 0. */
  #pin(context, size, kind, selected) {
    const colour = this.#doorColour(kind, selected);
    const { surface } = this.colours;
    const empty = kind === "unassigned" && !selected;
    context.scale(size, size);
    context.translate(-15, -40);
    const shape = new Path2D(kind === "late" ? KITE : DROP);
    context.lineJoin = "round";
    context.lineWidth = empty ? 6 : 3;
    context.strokeStyle = surface;
    if (empty) context.stroke(shape);
    context.fillStyle = empty ? surface : colour;
    context.strokeStyle = empty ? colour : surface;
    context.lineWidth = empty ? 3 : 1.5;
    context.fill(shape);
    context.stroke(shape);
    if (kind) {
      this.#sign(context, kind === "late" ? "!" : "?", empty ? colour : surface);
      return;
    }
    context.fillStyle = surface;
    context.fill(new Path2D(SIGNS.door[0]));
    context.fillStyle = colour;
    context.fill(new Path2D(SIGNS.door[1]));
  }

  #sign(context, sign, colour) {
    context.font = `800 19px ${this.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = colour;
    context.fillText(sign, 15, 16.5);
  }

  #group(count, kind) {
    const words = String(count);
    const { height, digit, edge, badge } = GROUP;
    const width = edge + digit * words.length;
    const { text, surface } = this.colours;
    const draw = (context) => {
      context.beginPath();
      context.roundRect(-width / 2, -height / 2, width, height, height / 3);
      this.#outline(context, 1, surface);
      context.fillStyle = text;
      context.fill();
      context.font = `700 ${this.words}px ${this.font}`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillStyle = surface;
      context.fillText(words, 0, 1);
      if (!kind) return;
      context.translate(width / 2, -height / 2 + 40 * badge * 0.55);
      this.#pin(context, badge * 1.15, kind, false);
    };
    return { size: width + 2 * height, draw };
  }

  #doorColour(kind, selected) {
    if (selected) return this.colours.accent;
    const { bad, warn, text } = this.colours;
    return kind === "late" ? bad : kind === "unassigned" ? warn : text;
  }

  /** A line around the present path; in a crowd white ones would outshine a dark map. */
  #outline(context, width, colour = this.colours.ring) {
    context.lineWidth = 2 * width + 1;
    context.lineJoin = "round";
    context.strokeStyle = colour;
    context.stroke();
  }

  #fill(state) {
    if (state === "lost") return this.colours.warn;
    return state === "offline" || state === "off" ? this.colours.stale : this.colours.accent;
  }

  /** Small forms lie on whole pixels, which is copied fastest; larger ones glide between them. */
  #copy(context, x, y, key, form, whole) {
    let made = this.#forms.get(key);
    if (!made) this.#forms.set(key, (made = this.#make(form())));
    const ratio = this.#ratio;
    const side = made.width / ratio;
    let left = x - side / 2;
    let top = y - side / 2;
    if (whole) {
      left = Math.round(left * ratio) / ratio;
      top = Math.round(top * ratio) / ratio;
    }
    context.drawImage(made, left, top, side, side);
  }

  /** An image of its own: a canvas would be looked at for changes with each copy. */
  #make({ size, draw }) {
    const side = 2 * Math.ceil((size * this.#ratio) / 2);
    const form = new OffscreenCanvas(side, side);
    const context = form.getContext("2d");
    context.translate(side / 2, side / 2);
    context.scale(this.#ratio, this.#ratio);
    draw(context);
    return form.transferToImageBitmap();
  }
}

/** The nose of a disc that points up. */
function wedge(context, radius) {
  const side = radius * 0.56;
  context.moveTo(0, -radius * 1.55);
  context.lineTo(side, -radius * 0.8);
  context.lineTo(-side, -radius * 0.8);
  context.closePath();
}

/** An arrow that points up. */
function kite(context, radius) {
  context.moveTo(0, -radius);
  context.lineTo(radius * 0.7, radius * 0.75);
  context.lineTo(0, radius * 0.35);
  context.lineTo(-radius * 0.7, radius * 0.75);
  context.closePath();
}

function dashes(radius, count) {
  const length = (2 * Math.PI * radius) / count;
  return [length * 0.62, length * 0.38];
}
