// A fix this far from the one before is kept whenever it comes: corners stay corners.
const MOVED = 25;
const DEGREE = 111_195; // metres of a degree of latitude

/**
 * The phone's positions while recording: one `onFix(point)` for each fix worth keeping, and
 * `onProblem(words)` for what the driver must know ('' when it is over). Keeps the screen on.
 */
export class PositionRecorder {
  fix = null; // the newest point of this recording
  #onFix;
  #onProblem;
  #gap;
  #watch = null;
  #kept = null; // {at, lat, lng} of the fix kept last
  #wakeLock = null;
  #battery = null;

  /** `gap()`: the least seconds between two fixes of nearly the same place. */
  constructor({ gap, onFix, onProblem }) {
    this.#gap = gap;
    this.#onFix = onFix;
    this.#onProblem = onProblem;
    navigator.getBattery?.().then((battery) => { this.#battery = battery; }, () => {});
    document.addEventListener('visibilitychange', () => this.#keepAwake());
  }

  get running() { return this.#watch !== null; }

  start() {
    if (this.running) return;
    if (!window.isSecureContext || !navigator.geolocation) {
      this.#onProblem('Browsers give positions only over https. Open your driver link with https in front, or ask for one.');
      return;
    }
    this.fix = null;
    this.#kept = null;
    const options = { enableHighAccuracy: true, maximumAge: 0 };
    this.#watch = navigator.geolocation.watchPosition(
      (position) => this.#take(position), (error) => this.#failed(error), options);
    this.#keepAwake();
  }

  stop() {
    if (!this.running) return;
    navigator.geolocation.clearWatch(this.#watch);
    this.#watch = null;
    this.#wakeLock?.release();
    this.#wakeLock = null;
  }

  #take({ coords, timestamp }) {
    const here = { at: timestamp, lat: coords.latitude, lng: coords.longitude };
    if (this.#kept && this.#isNear(here, this.#kept)) return;
    this.#kept = here;
    this.fix = {
      lat: coords.latitude,
      lng: coords.longitude,
      recordedAt: new Date(timestamp).toISOString(),
      accuracy: known(coords.accuracy),
      speed: known(coords.speed),
      heading: known(coords.heading),
      altitude: Number.isFinite(coords.altitude) ? coords.altitude : null,
      battery: this.#battery ? known(this.#battery.level) : null,
    };
    this.#onProblem('');
    this.#onFix(this.fix);
  }

  #isNear(here, before) {
    // How long counts, not which way: a phone whose clock is set back goes on recording. A tenth
    // is given away, as a fix "every second" comes after 0.98 or 1.02.
    const soon = Math.abs(here.at - before.at) < this.#gap() * 900;
    return soon && metres(here, before) < MOVED;
  }

  #failed(error) {
    if (error.code !== error.PERMISSION_DENIED) {
      this.#onProblem('The phone finds no position right now. It keeps trying.');
      return;
    }
    this.stop();
    this.#onProblem('This page may not read your position. Allow location for it in the browser’s settings, then press Start recording again.');
  }

  #keepAwake() {
    // The system takes the lock away whenever the page is hidden.
    if (!this.running || document.hidden || !navigator.wakeLock) return;
    navigator.wakeLock.request('screen').then(
      (lock) => { if (this.running) this.#wakeLock = lock; else lock.release(); },
      () => {}, // Refused when the battery is low; the page's hint says what that means.
    );
  }
}

/** Metres between two places that are near to each other. */
function metres(a, b) {
  const east = (a.lng - b.lng) * Math.cos((a.lat * Math.PI) / 180);
  return Math.hypot(a.lat - b.lat, east) * DEGREE;
}

/** A measurement that is never negative, or null: browsers say null, NaN or -1 for unknown. */
function known(value) {
  return Number.isFinite(value) && value >= 0 ? value : null;
}
