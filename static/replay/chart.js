/* Speed over the time of one track, on a canvas; what is known of it stands in the page as text.
 *
 *   const chart = new SpeedChart(canvas, {onSeek})   onSeek(moment): somebody pointed there
 *   chart.show(track)                                a TrackPast, or null
 *   chart.at(moment)                                 moves the line that says "now"
 */

import { clockWords, dateWords, minuteWords, speedWords } from "./words.js";

const LEFT = 56; // pixels for the words of the speeds; the slider below leaves them too
const RIGHT = 8;
const TOP = 10;
const BOTTOM = 20; // for the words of the times
const LABEL = 84; // pixels that a time needs
const NICE = [10, 20, 30, 50, 80, 100, 120, 160, 200, 300, 500, 1000]; // km/h
const MINUTE = 60_000;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 10_080].map((m) => m * MINUTE);

export class SpeedChart {
  #track = null;
  #moment = 0;
  #columns = []; // the fastest of each pixel, m/s; undefined: nothing known
  #top = 10; // km/h

  constructor(canvas, { onSeek }) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    new ResizeObserver(() => this.#fit()).observe(canvas);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
    const seek = (event) => {
      if (this.#track && event.buttons & 1) onSeek(this.#momentAt(event.offsetX));
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      seek(event);
    });
    canvas.addEventListener("pointermove", seek);
  }

  show(track) {
    this.#track = track?.count > 0 ? track : null;
    const fastest = (track?.fastest ?? 0) * 3.6;
    this.#top = NICE.find((speed) => speed >= fastest) ?? fastest;
    const words = this.#track ? `Speed in km/h, at most ${speedWords(track.fastest)}` : "Speed";
    this.canvas.setAttribute("aria-label", words);
    this.#fit();
  }

  at(moment) {
    this.#moment = moment;
    this.#draw();
  }

  // where things lie

  get #width() {
    return this.canvas.clientWidth - LEFT - RIGHT;
  }

  get #height() {
    return this.canvas.clientHeight - TOP - BOTTOM;
  }

  get #span() {
    return Math.max(1, this.#track.end - this.#track.begin);
  }

  #x(moment) {
    return LEFT + ((moment - this.#track.begin) / this.#span) * this.#width;
  }

  #y(metresPerSecond) {
    return TOP + this.#height * (1 - Math.min(1, (metresPerSecond * 3.6) / this.#top));
  }

  #momentAt(x) {
    const share = Math.max(0, Math.min(1, (x - LEFT) / this.#width));
    return this.#track.begin + share * this.#span;
  }

  #fit() {
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(this.canvas.clientWidth * ratio);
    this.canvas.height = Math.round(this.canvas.clientHeight * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#gather();
    this.#draw();
  }

  /** However many fixes there are, each pixel shows one speed: the fastest. */
  #gather() {
    this.#columns = [];
    const track = this.#track;
    if (!track) return;
    for (let i = 0; i < track.count; i += 1) {
      const speed = track.speeds[i];
      if (speed === null) continue;
      const to = Math.round(this.#x(track.times[i]));
      const from = i > 0 && !track.gaps.has(i) ? Math.round(this.#x(track.times[i - 1])) + 1 : to;
      for (let x = Math.min(from, to); x <= to; x += 1) {
        this.#columns[x] = Math.max(this.#columns[x] ?? 0, speed);
      }
    }
  }

  // drawing

  #draw() {
    const { context, canvas } = this;
    const style = getComputedStyle(canvas);
    this.colour = (name) => style.getPropertyValue(`--${name}`).trim();
    context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    context.font = `${style.fontSize} ${style.fontFamily}`;
    this.#drawSpeeds();
    if (!this.#track) return;
    this.#drawStops();
    this.#drawArea();
    this.#drawGaps();
    this.#drawTimes();
    this.#drawNow();
  }

  #drawSpeeds() {
    const { context } = this;
    const end = LEFT + this.#width;
    context.lineWidth = 1;
    context.strokeStyle = this.colour("line");
    context.fillStyle = this.colour("muted");
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const share of [0, 0.5, 1]) {
      const y = Math.round(TOP + this.#height * (1 - share)) + 0.5;
      context.beginPath();
      context.moveTo(LEFT, y);
      context.lineTo(end, y);
      context.stroke();
      const speed = this.#top * share;
      if (this.#track && share !== 1) context.fillText(String(Math.round(speed)), LEFT - 6, y);
    }
    if (this.#track) context.fillText(`${Math.round(this.#top)} km/h`, LEFT - 6, TOP);
  }

  #drawStops() {
    const { context } = this;
    context.fillStyle = this.colour("hover");
    for (const { begin, end } of this.#track.stops) {
      const x = this.#x(begin);
      context.fillRect(x, TOP, Math.max(2, this.#x(end) - x), this.#height);
    }
  }

  #drawArea() {
    const { context } = this;
    const ground = TOP + this.#height;
    context.fillStyle = this.colour("accent");
    context.beginPath();
    this.#columns.forEach((speed, x) => {
      const y = this.#y(speed);
      context.rect(x, y, 1, ground - y);
    });
    context.globalAlpha = 0.3;
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = this.colour("accent");
    context.lineWidth = 1.5;
    context.beginPath();
    let last = Number.NaN;
    this.#columns.forEach((speed, x) => {
      if (x - last === 1) context.lineTo(x, this.#y(speed));
      else context.moveTo(x, this.#y(speed));
      last = x;
    });
    context.stroke();
  }

  #drawGaps() {
    const { context } = this;
    const track = this.#track;
    const y = TOP + this.#height - 1;
    context.strokeStyle = this.colour("warn");
    context.lineWidth = 2;
    context.setLineDash([4, 4]);
    context.beginPath();
    for (const i of track.gaps) {
      context.moveTo(this.#x(track.times[i - 1]), y);
      context.lineTo(this.#x(track.times[i]), y);
    }
    context.stroke();
    context.setLineDash([]);
  }

  #drawTimes() {
    const { context } = this;
    const most = Math.max(1, Math.floor(this.#width / LABEL));
    const step = STEPS.find((wanted) => this.#span / wanted <= most) ?? this.#span;
    const zone = new Date(this.#track.begin).getTimezoneOffset() * MINUTE;
    const words = step < MINUTE * 1440 ? minuteWords : dateWords;
    context.fillStyle = this.colour("muted");
    context.textAlign = "center";
    context.textBaseline = "bottom";
    const { begin, end } = this.#track;
    for (let at = Math.ceil((begin - zone) / step) * step + zone; at <= end; at += step) {
      const x = this.#x(at);
      const half = context.measureText(words(at)).width / 2;
      if (x - half < LEFT - 8 || x + half > this.canvas.clientWidth) continue;
      context.fillText(words(at), x, this.canvas.clientHeight - 2);
    }
    if (this.#span < MINUTE) {
      context.textAlign = "left";
      context.fillText(clockWords(begin), LEFT, this.canvas.clientHeight - 2);
    }
  }

  #drawNow() {
    const { context } = this;
    const x = this.#x(this.#moment);
    context.strokeStyle = context.fillStyle = this.colour("text");
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(x, TOP - 4);
    context.lineTo(x, TOP + this.#height);
    context.stroke();
    const here = this.#track.at(this.#moment);
    if (here?.speed == null) return;
    context.beginPath();
    context.arc(x, this.#y(here.speed), 3.5, 0, 2 * Math.PI);
    context.fill();
  }
}
