/* The replay page's script: what is chosen is read over HTTP, and goes on the stage.
 *
 * What is shown stands in the address of the page, so that a link leads to it and "back" works.
 */

import { Ground, waitForMap } from "../map/map.js";
import { appears } from "../shared/page.js";
import { Form, dayOf, following, pageOf, shifted, wantedOf } from "./form.js";
import { Refusal } from "./lines.js";
import { Newer } from "./newer.js";
import { Notices } from "./notices.js";
import { readPast } from "./reading.js";
import { SubjectSearch } from "./search.js";
import { Stage } from "./stage.js";
import { countWords } from "./words.js";

const NOTHING_CHOSEN = [
  "See what happened",
  "Choose an order or a driver, or a moment for the whole fleet.",
];
const EMPTY = {
  track: ["No positions in this time", "Choose another time, or somebody else."],
  fleet: ["Nobody was at work at this time", "Choose another moment."],
};

class Replay {
  #loading = null; // the AbortController of what is being read

  constructor(root, map) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.notices = new Notices(root);
    this.stage = new Stage(root, map, {
      onPick: (id, moment) => {
        void this.load({ kind: "driver", id, ...dayOf(moment), at: null });
      },
      onEnd: () => void this.#playOn(),
    });
    this.form = new Form(root, new SubjectSearch(root, { onChoose: (one) => this.#chosen(one) }));
    this.newer = new Newer(this.find("[data-tool=newer]"), () => void this.#renew());
    this.#listen();
  }

  #listen() {
    this.form.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.find("[data-tool=cancel]").addEventListener("click", () => this.cancel());
    for (const [tool, sign] of [["earlier", -1], ["later", 1]]) {
      this.find(`[data-tool=${tool}]`).addEventListener("click", () => this.#shift(sign));
    }
    this.find("[data-tool=fold]").addEventListener("click", () => this.#fold(!this.#folded));
    window.addEventListener("popstate", () => this.fromAddress());
  }

  /** What the page's address asks for. */
  fromAddress() {
    const wanted = wantedOf(window.location.search);
    this.cancel();
    if (wanted) void this.load(this.form.complete(wanted), { keepAddress: true });
    else this.#clear();
  }

  // choosing

  #chosen(subject) {
    this.form.subject = subject;
    const { kind } = this.form;
    const wanted = { ...this.form.wanted, id: subject.id };
    // The whole of another order, not the hours of the one before.
    void this.load(kind === "order" ? { ...wanted, from: null, to: null } : this.form.complete(wanted));
  }

  #submit() {
    const { wanted } = this.form;
    if (wanted === null) this.form.search.field.focus();
    else void this.load(this.form.complete(wanted));
  }

  #shift(sign) {
    const { wanted } = this.form;
    if (wanted === null) this.form.search.field.focus();
    else void this.load(shifted(this.form.complete(wanted), sign));
  }

  get #folded() {
    return this.root.hasAttribute("data-folded");
  }

  /** On a phone the form makes room while what it asked for is read and shown. */
  #fold(on) {
    this.root.toggleAttribute("data-folded", on);
    this.find("[data-tool=fold]").setAttribute("aria-expanded", String(!on));
  }

  // loading

  async load(wanted, { keepAddress = false } = {}) {
    this.cancel();
    this.#clear();
    this.#fold(true);
    this.form.show(wanted);
    if (!keepAddress) window.history.pushState(null, "", pageOf(wanted));
    const read = await this.#read(wanted, (past) => {
      this.form.show(wanted, past.name ?? null);
      if (past.kind === "fleet" && past.count > 0) this.#show(past, { ...wanted, to: past.end });
    });
    if (read === null) return;
    this.#show(read.past, { ...wanted, to: read.until });
    this.newer.watch(wanted, read.until);
  }

  /** {past, until} of what is wanted; null: it was cancelled, or refused, which is said. */
  async #read(wanted, onBegin) {
    const loading = new AbortController();
    this.#loading = loading;
    this.notices.progress(0, "Loading …");
    try {
      return await readPast(wanted, {
        signal: loading.signal,
        onBegin,
        onProgress: (share, words) => this.notices.progress(share, words),
      });
    } catch (error) {
      if (!loading.signal.aborted) this.#refused(error);
      return null;
    } finally {
      if (this.#loading === loading) this.#done();
    }
  }

  /** The fleet was played to the end: it goes on where somebody was at work next. */
  async #playOn() {
    const { past, player } = this.stage;
    const shown = wantedOf(window.location.search);
    const next = this.#loading === null ? following(shown, past) : null;
    if (next === null) return;
    const read = await this.#read(next.wanted, () => {});
    // Whoever went elsewhere meanwhile stays there.
    if (read === null || this.stage.past !== past || !player.ended) return;
    window.history.replaceState(null, "", pageOf(next.wanted));
    this.form.follow(shown, next.wanted);
    this.stage.show(read.past, { ...next.wanted, to: read.until });
    if (!this.stage.sees) this.stage.fit();
    player.seek(next.start);
    player.play();
  }

  /** What came meanwhile too, at the same moment. */
  async #renew() {
    const { moment } = this.stage.player;
    await this.load(wantedOf(window.location.search), { keepAddress: true });
    if (this.stage.past !== null) this.stage.player.seek(moment);
  }

  cancel() {
    if (this.#loading === null) return;
    this.#loading.abort();
    this.#done();
    this.#clear();
    this.notices.say("Loading was cancelled.");
  }

  #done() {
    this.#loading = null;
    this.notices.done();
  }

  #refused(error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 401) {
      const here = window.location.pathname + window.location.search;
      window.location.assign(`/login?next=${encodeURIComponent(here)}`);
      return;
    }
    this.#clear();
    this.notices.full();
    this.notices.say(error.message, "notice-bad");
  }

  // showing

  #clear() {
    this.newer.stop();
    this.stage.clear();
    this.notices.empty(...NOTHING_CHOSEN);
    this.notices.say("");
    this.#fold(false);
  }

  #show(past, files) {
    if (past === this.stage.past) {
      this.stage.more(); // the fleet of the moment was shown before the time around it came
      return;
    }
    if (past.count === 0) {
      this.notices.empty(...EMPTY[past.kind === "fleet" ? "fleet" : "track"]);
      this.#fold(false);
      return;
    }
    this.stage.show(past, files);
    if (past.more) {
      const most = countWords(past.count, "position");
      this.notices.say(`Only the first ${most} are shown. Choose a shorter time.`, "notice-warn");
    }
    this.notices.full();
    this.#fold(true);
    this.stage.fit();
  }
}

const root = await appears(".replay");
const map = await waitForMap(root.dataset.map);
const { tileUrl, tileAttribution: attribution } = root.dataset;
new Ground(map, { tileUrl: tileUrl || null, attribution });
window.L.control.zoom({ position: "topright" }).addTo(map);
map.getContainer().setAttribute("role", "region");
map.getContainer().setAttribute("aria-label", "Map");
new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
new Replay(root, map).fromAddress();
root.dataset.ready = "";
