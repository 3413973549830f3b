/* The clock of the replay: plays a time of the past, at so many times its own pace.
 *
 *   const player = new Player(root, {onMoment, onEnd})
 *                                                 onMoment(moment): draw that one
 *                                                 onEnd(): it was played to the end
 *   player.load(begin, end, moment)               milliseconds since the epoch
 *   player.unload()
 *   player.seek(moment) player.play() player.pause() player.toggle()
 *   player.ended                                  it rests at the end
 *
 * Keys, wherever nobody types: space plays, arrows go 10 s, with Shift 1 min, Home and End.
 */

const STEP = 10_000; // milliseconds of the past
const FAR = 60_000;
const LONGEST_FRAME = 250; // milliseconds; a tab that was hidden goes on where it was
const WORDS = { play: "Play", pause: "Pause" };

export class Player {
  begin = 0;
  end = 0;
  moment = 0;
  playing = false;
  #frame = 0;
  #steppedAt = 0;

  constructor(root, { onMoment, onEnd }) {
    this.root = root;
    this.onMoment = onMoment;
    this.onEnd = onEnd;
    const find = (selector) => root.querySelector(selector);
    this.slider = find("[data-slider]");
    this.button = find("[data-tool=play]");
    this.rate = find("[data-rate]");
    this.slider.addEventListener("input", () => this.seek(this.begin + Number(this.slider.value)));
    this.button.addEventListener("click", () => this.toggle());
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  get loaded() {
    return this.end > this.begin;
  }

  get ended() {
    return this.loaded && !this.playing && this.moment >= this.end;
  }

  load(begin, end, moment = begin) {
    this.pause();
    this.begin = begin;
    this.end = end;
    this.slider.max = String(Math.max(1, end - begin));
    this.slider.disabled = this.button.disabled = !this.loaded;
    this.seek(moment);
  }

  unload() {
    this.load(0, 0);
  }

  seek(moment) {
    this.moment = Math.max(this.begin, Math.min(this.end, moment));
    this.slider.value = String(this.moment - this.begin);
    const done = this.loaded ? (this.moment - this.begin) / (this.end - this.begin) : 0;
    this.slider.style.setProperty("--done", `${100 * done}%`);
    this.onMoment(this.moment);
  }

  play() {
    if (!this.loaded || this.playing) return;
    if (this.moment >= this.end) this.seek(this.begin);
    this.#show(true);
    this.#steppedAt = performance.now();
    this.#frame = requestAnimationFrame(() => this.#step());
  }

  pause() {
    cancelAnimationFrame(this.#frame);
    this.#show(false);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  #show(playing) {
    this.playing = playing;
    this.root.toggleAttribute("data-playing", playing);
    const word = playing ? WORDS.pause : WORDS.play;
    this.button.setAttribute("aria-label", word);
    this.button.title = `${word} (space)`;
  }

  #step() {
    const now = performance.now();
    const elapsed = Math.min(LONGEST_FRAME, now - this.#steppedAt);
    this.#steppedAt = now;
    this.seek(this.moment + elapsed * Number(this.rate.value));
    if (this.moment < this.end) this.#frame = requestAnimationFrame(() => this.#step());
    else {
      this.pause();
      this.onEnd();
    }
  }

  // keys

  #key(event) {
    if (!this.loaded || event.ctrlKey || event.metaKey || event.altKey) return;
    const moment = this.#meant(event);
    if (moment === null) return;
    event.preventDefault();
    if (moment === undefined) this.toggle();
    else this.seek(moment);
  }

  /** The moment that a key asks for; undefined: to play or pause; null: nothing of ours. */
  #meant({ key, shiftKey, target }) {
    const { slider } = this;
    if (isTyping(target) && target !== slider) return null;
    if (key === " ") return isPressed(target) ? null : undefined;
    if (target instanceof Element && target.closest(".leaflet-container, [role=group]")) return null;
    const step = shiftKey ? FAR : STEP;
    if (key === "ArrowLeft") return this.moment - step;
    if (key === "ArrowRight") return this.moment + step;
    if (key === "Home") return this.begin;
    return key === "End" ? this.end : null;
  }
}

const isTyping = (element) =>
  element instanceof Element && element.matches("input, textarea, select, [contenteditable]");

/** Space presses a button that has the focus. */
const isPressed = (element) => element instanceof Element && element.matches("button, a, summary");
