/* Where a past is shown: on the map, in the chart, in the panel, and moment by moment as it plays.
 *
 *   const stage = new Stage(root, map, {onPick, onEnd})
 *                             onPick(id, moment): a driver of the fleet
 *                             onEnd(): it was played to the end
 *   stage.show(past, files)   `files`: what is shown, as it was wanted, without what comes later
 *   stage.more()              the time around the moment that is shown has come
 *   stage.fit()               everything in sight
 *   stage.sees                whether any of the fleet's ways begins in sight
 *   stage.clear()
 *   stage.past                what is shown, or null
 */

import { pin } from "../map/map.js";
import { reducedMotion } from "../shared/page.js";
import { About, stateWords, titleOf } from "./about.js";
import { SpeedChart } from "./chart.js";
import { pastOf } from "./form.js";
import { ReplayPainter } from "./painter.js";
import { Player } from "./player.js";
import { clockWords, dayWords } from "./words.js";
import { write } from "../staff/staff.js";

const EDGE = 48; // pixels kept free around what is shown
const CLOSEST = 16; // zoom

export class Stage {
  past = null;
  #pins = [];

  constructor(root, map, { onPick, onEnd }) {
    this.root = root;
    this.map = map;
    this.find = (selector) => root.querySelector(selector);
    this.painter = new ReplayPainter(map);
    this.painter.onPick = ({ id }) => onPick(id, this.player.moment);
    this.player = new Player(root, { onMoment: (moment) => this.#at(moment), onEnd });
    this.chart = new SpeedChart(this.find("[data-chart]"), {
      onSeek: (moment) => this.player.seek(moment),
    });
    this.about = new About(root, { onSeek: (moment) => this.#goTo(moment) });
  }

  clear() {
    this.past = null;
    for (const marker of this.#pins.splice(0)) marker.remove();
    this.painter.show(null);
    this.chart.show(null);
    this.player.unload();
    this.find("[data-part=about]").hidden = true;
    write(this.find("[data-title]"), "Replay");
    this.root.dataset.shown = "";
  }

  show(past, files) {
    this.past = past;
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
    for (const link of this.root.querySelectorAll("[data-file]")) {
      link.href = pastOf(files, link.dataset.file);
    }
    this.find("[data-part=about]").hidden = false;
  }

  more() {
    this.about.show(this.past);
    this.player.seek(this.player.moment);
  }

  fit() {
    const { past } = this;
    const places = [...past.places];
    if (past.kind === "fleet") {
      for (const { fixes } of past.drivers.values()) places.push(fixes[0]);
    } else for (const fix of past.fixes) places.push(fix);
    const bounds = window.L.latLngBounds(places.map(({ lat, lng }) => [lat, lng]));
    this.map.invalidateSize({ animate: false });
    this.map.fitBounds(bounds, { padding: [EDGE, EDGE], maxZoom: CLOSEST, animate: false });
  }

  get sees() {
    const bounds = this.map.getBounds();
    return [...this.past.drivers.values()].some(({ fixes }) => bounds.contains(fixes[0]));
  }

  #goTo(moment) {
    this.player.seek(moment);
    const here = this.past.stopAt(moment);
    if (here && !this.map.getBounds().contains(here)) {
      this.map.panTo(here, { animate: !reducedMotion() });
    }
  }

  /** Draws one moment; while it plays, times in which nobody of the fleet was at work are skipped. */
  #at(moment) {
    const { past } = this;
    const known = past !== null;
    if (past?.kind === "fleet" && this.player.playing) {
      const work = past.workFrom(moment);
      if (work > moment) return this.player.seek(work);
    }
    this.painter.moment = moment;
    this.painter.wake();
    write(this.find("[data-clock]"), known ? clockWords(moment) : "–:–");
    write(this.find("[data-day]"), known ? dayWords(moment) : "");
    const words = known ? stateWords(past, moment) : "";
    write(this.find("[data-state]"), words);
    this.player.slider.setAttribute("aria-valuetext", known ? `${clockWords(moment)}, ${words}` : "");
    if (known && past.kind !== "fleet") this.chart.at(moment);
  }
}
