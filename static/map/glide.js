/* The way from fix to fix, at the pace of the fixes: what is drawn lies a little behind. Pure.
 *
 *   glide.add(fix, now, jump)   {at, …}: a fix newer than the newest; `jump`: be there at once
 *   glide.step(now, onReach)    goes on to `now`; tells of each fix passed; whether more is to come
 *   glide.from, glide.to, glide.share   drawn is so much of the way between; `to` null: arrived
 *   glide.left                  milliseconds until `to` is reached, from the last step on
 */

const LONGEST_DELAY = 5000; // drawn at most this far behind the newest fix
const BATCH = 50; // milliseconds; fixes that close together came at once

export class Glide {
  newest = null;
  #fixes = []; // those around and ahead of what is drawn, by time
  #drawnAt = 0; // the moment, in the clock of the fixes, that is drawn
  #rate = 1; // milliseconds of fix time for one of ours
  #steppedAt = 0;
  #delay = 1000;
  #arrivedAt = 0;

  get from() {
    return this.#fixes[0];
  }

  get to() {
    return this.#fixes.length > 1 ? this.#fixes[1] : null;
  }

  get share() {
    const { from, to } = this;
    return to === null ? 0 : (this.#drawnAt - from.at) / (to.at - from.at);
  }

  get left() {
    return this.to === null ? 0 : (this.to.at - this.#drawnAt) / this.#rate;
  }

  /** Sets the pace: the newest fix is reached one interval from now, at the latest in 5 s. */
  add(fix, now, jump = false) {
    const previous = this.newest;
    this.newest = fix;
    this.#fixes.push(fix);
    if (!previous) {
      this.#arrivedAt = now;
      this.#drawnAt = fix.at;
      return;
    }
    if (now - this.#arrivedAt > BATCH) {
      const interval = Math.max(fix.at - previous.at, now - this.#arrivedAt);
      this.#delay = Math.min(LONGEST_DELAY, Math.max(interval, 200));
      this.#arrivedAt = now;
    }
    this.#rate = (fix.at - this.#drawnAt) / this.#delay;
    if (this.#fixes.length === 2) this.#steppedAt = now;
    if (jump) this.#drawnAt = fix.at;
  }

  step(now, onReach) {
    const elapsed = now - this.#steppedAt;
    this.#steppedAt = now;
    if (this.#fixes.length === 1) return false;
    this.#drawnAt = Math.min(this.newest.at, this.#drawnAt + this.#rate * elapsed);
    while (this.#fixes.length > 1 && this.#fixes[1].at <= this.#drawnAt) {
      this.#fixes.shift();
      onReach?.(this.#fixes[0]);
    }
    return this.#fixes.length > 1;
  }
}
