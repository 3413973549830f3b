/* The replay page's script: what is chosen is read over HTTP, drawn on the map and played.
 *
 * What is shown stands in the address of the page, so that a link leads to it and "back" works.
 */

import { Ground, pin, waitForMap } from "./map.js";
import { appears, reducedMotion } from "./page.js";
import { About, stateWords, titleOf } from "./replay-about.js";
import { SpeedChart } from "./replay-chart.js";
import {
  Form,
  dayOf,
  pageOf,
  pastOf,
  shifted,
  wantedOf,
  withDefaults,
} from "./replay-form.js";
import { Refusal } from "./replay-lines.js";
import { ReplayPainter } from "./replay-painter.js";
import { Player } from "./replay-player.js";
import { readPast } from "./replay-reading.js";
import { SubjectSearch } from "./replay-search.js";
import { clockWords, countWords, dayWords } from "./replay-words.js";
import { write } from "./staff.js";

const EDGE = 48; // pixels kept free around what is shown
const CLOSEST = 16; // zoom
const EMPTY = {
  track: ["No positions in this time", "Choose another time, or somebody else."],
  fleet: ["Nobody was at work at this time", "Choose another moment."],
};

class Replay {
  #past = null;
  #pins = [];
  #loading = null; // the AbortController of what is being read

  constructor(root, map) {
    this.root = root;
    this.map = map;
    this.find = (selector) => root.querySelector(selector);
    this.part = (name) => this.find(`[data-part=${name}]`);
    this.painter = new ReplayPainter(map);
    this.painter.onPick = ({ id }) => {
      void this.load({ kind: "driver", id, ...dayOf(this.player.moment), at: null });
    };
    this.player = new Player(root, { onMoment: (moment) => this.#at(moment) });
    this.chart = new SpeedChart(this.find("[data-chart]"), {
      onSeek: (moment) => this.player.seek(moment),
    });
    this.form = new Form(root, new SubjectSearch(root, { onChoose: (one) => this.#chosen(one) }));
    this.about = new About(root, { onSeek: (moment) => this.#goTo(moment) });
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
    if (wanted) void this.load(withDefaults(wanted), { keepAddress: true });
    else this.#clear();
  }

  // choosing

  #chosen(subject) {
    this.form.subject = subject;
    const { kind } = this.form;
    const wanted = { ...this.form.wanted, id: subject.id };
    // The whole of another order, not the hours of the one before.
    void this.load(kind === "order" ? { ...wanted, from: null, to: null } : withDefaults(wanted));
  }

  #submit() {
    const { wanted } = this.form;
    if (wanted === null) this.form.search.field.focus();
    else void this.load(withDefaults(wanted));
  }

  #shift(sign) {
    const { wanted } = this.form;
    if (wanted === null) this.form.search.field.focus();
    else void this.load(shifted(withDefaults(wanted), sign));
  }

  get #folded() {
    return this.root.hasAttribute("data-folded");
  }

  /** On a phone the form makes room once it has been used. */
  #fold(on) {
    this.root.toggleAttribute("data-folded", on);
    this.find("[data-tool=fold]").setAttribute("aria-expanded", String(!on));
  }

  // loading

  async load(wanted, { keepAddress = false } = {}) {
    this.cancel();
    const loading = new AbortController();
    this.#loading = loading;
    this.#clear();
    this.form.show(wanted);
    if (!keepAddress) window.history.pushState(null, "", pageOf(wanted));
    this.#progress(0, "Loading …");
    try {
      const { past, until } = await readPast(wanted, {
        signal: loading.signal,
        onBegin: (past) => {
          this.form.show(wanted, past.name ?? null);
          if (past.kind === "fleet" && past.count > 0) this.#show(past, wanted);
        },
        onProgress: (share, words) => this.#progress(share, words),
      });
      this.#show(past, wanted.kind === "fleet" ? wanted : { ...wanted, to: wanted.to ?? until });
    } catch (error) {
      if (loading.signal.aborted) return;
      this.#refused(error);
    } finally {
      if (this.#loading === loading) this.#done();
    }
  }

  #progress(share, words) {
    this.part("loading").hidden = false;
    this.part("empty").hidden = true;
    this.find("progress").value = Math.max(0, Math.min(1, share));
    write(this.find("[data-loaded]"), words);
  }

  cancel() {
    if (this.#loading === null) return;
    this.#loading.abort();
    this.#done();
    this.#clear();
    this.#say("Loading was cancelled.");
  }

  #done() {
    this.#loading = null;
    this.part("loading").hidden = true;
  }

  #refused(error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 401) {
      const here = window.location.pathname + window.location.search;
      window.location.assign(`/login?next=${encodeURIComponent(here)}`);
      return;
    }
    this.#clear();
    this.part("empty").hidden = true;
    this.#say(error.message, "notice-bad");
  }

  #say(words, kind = "") {
    const notice = this.part("notice");
    notice.className = `notice ${kind}`;
    notice.hidden = words === "";
    write(notice, words);
  }

  // showing

  #clear() {
    this.#past = null;
    for (const marker of this.#pins.splice(0)) marker.remove();
    this.painter.show(null);
    this.chart.show(null);
    this.player.unload();
    this.part("about").hidden = true;
    this.part("empty").hidden = false;
    this.#empty("See what happened", "Choose an order or a driver, or a moment for the whole fleet.");
    this.#say("");
    this.#fold(false);
    write(this.find("[data-title]"), "Replay");
    this.root.dataset.shown = "";
  }

  #empty(title, text) {
    write(this.find("[data-empty-title]"), title);
    write(this.find("[data-empty-text]"), text);
  }

  /** `files`: what is shown, without what comes later. */
  #show(past, files) {
    if (past === this.#past) {
      this.about.show(past); // the fleet of the moment was shown before the time around it came
      this.player.seek(this.player.moment);
      return;
    }
    if (past.count === 0) {
      this.#empty(...EMPTY[past.kind === "fleet" ? "fleet" : "track"]);
      this.part("empty").hidden = false;
      return;
    }
    this.#past = past;
    this.root.dataset.shown = past.kind;
    write(this.find("[data-title]"), titleOf(past));
    this.find("[data-title]").title = titleOf(past);
    this.#pins = past.places.map((place) => {
      const label = place.kind === "door" ? "Destination" : "Pick-up";
      return pin(this.map, place.kind, place, label);
    });
    this.painter.show(past);
    this.about.show(past);
    if (past.kind !== "fleet") this.chart.show(past);
    this.player.load(past.begin, past.end, past.moment);
    if (past.more) {
      const most = countWords(past.count, "position");
      this.#say(`Only the first ${most} are shown. Choose a shorter time.`, "notice-warn");
    }
    for (const link of this.root.querySelectorAll("[data-file]")) {
      link.href = pastOf(files, link.dataset.file);
    }
    this.part("empty").hidden = true;
    this.part("about").hidden = false;
    this.#fold(true);
    this.#fit(past);
  }

  /** Everything in sight. */
  #fit(past) {
    const places = [...past.places];
    if (past.kind === "fleet") {
      for (const { fixes } of past.drivers.values()) places.push(fixes[0]);
    } else for (const fix of past.fixes) places.push(fix);
    const bounds = window.L.latLngBounds(places.map(({ lat, lng }) => [lat, lng]));
    this.map.invalidateSize({ animate: false });
    this.map.fitBounds(bounds, { padding: [EDGE, EDGE], maxZoom: CLOSEST, animate: false });
  }

  #goTo(moment) {
    this.player.seek(moment);
    const here = this.#past.stopAt(moment);
    if (here && !this.map.getBounds().contains(here)) {
      this.map.panTo(here, { animate: !reducedMotion() });
    }
  }

  /** Draws one moment. */
  #at(moment) {
    this.painter.moment = moment;
    this.painter.wake();
    const past = this.#past;
    const known = past !== null;
    write(this.find("[data-clock]"), known ? clockWords(moment) : "–:–");
    write(this.find("[data-day]"), known ? dayWords(moment) : "");
    const words = known ? stateWords(past, moment) : "";
    write(this.find("[data-state]"), words);
    this.player.slider.setAttribute("aria-valuetext", known ? `${clockWords(moment)}, ${words}` : "");
    if (known && past.kind !== "fleet") this.chart.at(moment);
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
