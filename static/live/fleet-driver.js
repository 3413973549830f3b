/* One driver of the fleet: what is known, where on the way from fix to fix, what it is doing.
 *
 * moving, standing, lost (no place for too long), offline (not connected), off (off duty).
 */

import { bearing, between, mercator, metres } from "../map/geometry.js";
import { Glide } from "../map/glide.js";
import { reducedMotion } from "../shared/page.js";
import { ageWords, now } from "../staff/staff.js";

/** So old a place (milliseconds) means that the signal is lost; the page says how old. */
export const limits = { lost: 60_000 };
const STEP = 5; // metres; more is movement, where the phone says no speed
const STILL = 20_000; // without such a step for so long it stands
const WALK = 1; // m/s; faster is moving
const STANDING = 3; // metres; less is no movement that tells a heading
const ACCURACY_SHOWN = 30; // metres
const HALO = 56; // pixels, where the place is certain
const HALO_LARGEST = 600;
const EQUATOR = 40_030_230; // metres, of the mean radius

const WORDS = { lost: "no signal", offline: "offline", off: "off duty" };

export class FleetDriver {
  glide = new Glide();
  worldX = 0; // where it is drawn, see `mercator`
  worldY = 0;
  pace = 0; // of the world's width, a millisecond
  heading = null;
  facing = null; // as drawn, on its way to `heading`
  state = "offline";
  note = ""; // words below it, where there is room
  initial = "?";
  inSight = false;
  #movedAt = 0;

  constructor(id) {
    this.id = id;
  }

  /** All that the server knows of it. */
  take(facts) {
    this.facts = facts;
    this.initial = [...facts.name.trim()][0]?.toLocaleUpperCase() ?? "?";
    if (facts.lat != null) this.#goTo({ ...facts, at: Date.parse(facts.recordedAt) });
    else this.glide = new Glide(); // never seen, or where he was has been deleted
    this.judge();
  }

  /** Only its place: [id, lat, lng, at, heading, speed, accuracy, battery]. */
  move([, lat, lng, at, heading, speed, accuracy]) {
    this.facts.speed = speed;
    this.facts.accuracy = accuracy;
    this.#goTo({ lat, lng, at, heading });
    this.judge();
  }

  /** What it is doing: changes by itself, as its place grows old. */
  judge() {
    this.state = this.#judged();
    this.note = this.state === "lost" ? ageWords(this.age / 1000) : (WORDS[this.state] ?? "");
  }

  /** Name and state, for the tooltip. */
  get words() {
    return `${this.facts.name}, ${WORDS[this.state] ?? this.state}`;
  }

  /** When it was where it is, milliseconds on the server's clock. */
  get seenAt() {
    return this.glide.newest?.at ?? 0;
  }

  get age() {
    return now() - this.seenAt;
  }

  get drawn() {
    const { from, to, share } = this.glide;
    return from === undefined ? null : to === null ? from : between(from, to, share);
  }

  /** Goes on to the moment `now`. */
  goOn(now, onReach) {
    const { glide } = this;
    if (!glide.step(now, onReach)) {
      if (this.pace === 0) return;
      this.pace = 0;
      this.#stand(glide.from);
      return;
    }
    const { from, to, share, left } = glide;
    const x = to.x - from.x;
    const y = to.y - from.y;
    this.worldX = from.x + x * share;
    this.worldY = from.y + y * share;
    this.heading = to.facing ?? this.heading;
    this.pace = (Math.hypot(x, y) * (1 - share)) / Math.max(1, left);
  }

  /** The pale disc is as wide as the place is uncertain, where that says something. */
  haloSize(scale) {
    const accuracy = this.facts.accuracy ?? 0;
    if (accuracy <= ACCURACY_SHOWN) return HALO;
    const lat = (this.glide.newest.lat * Math.PI) / 180;
    const pixels = (accuracy * scale) / (EQUATOR * Math.cos(lat));
    return Math.min(HALO_LARGEST, Math.max(HALO, 2 * pixels));
  }

  #goTo({ lat, lng, at, heading }) {
    const before = this.glide.newest;
    if (before && at <= before.at) return;
    const fix = { lat, lng, at, facing: heading ?? null, ...mercator({ lat, lng }) };
    const way = before ? metres(before, fix) : 0;
    if (way > STEP) this.#movedAt = at;
    if (fix.facing === null && way > STANDING) fix.facing = bearing(before, fix);
    this.glide.add(fix, performance.now(), reducedMotion() || document.hidden);
    if (before) this.pace = Math.max(this.pace, Number.MIN_VALUE); // there is a way to go
    else this.#stand(fix);
    if (document.hidden) this.goOn(performance.now());
  }

  #stand(fix) {
    this.worldX = fix.x;
    this.worldY = fix.y;
    this.heading = fix.facing ?? this.heading;
  }

  #judged() {
    const { onDuty, online, speed } = this.facts;
    if (!onDuty) return "off";
    if (!online) return "offline";
    if (this.age > limits.lost) return "lost";
    const moving = speed == null ? this.seenAt - this.#movedAt < STILL : speed >= WALK;
    return moving ? "moving" : "standing";
  }
}
