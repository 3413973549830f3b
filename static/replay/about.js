/* What the panel says of the past that is shown, and what the player says of one moment of it.
 *
 *   const about = new About(root, {onSeek})   onSeek(moment): a stop was chosen
 *   about.show(past)                          a TrackPast or FleetPast
 *   titleOf(past) stateWords(past, moment)
 *
 * Every string from outside becomes a text node.
 */

import { countedStates } from "./painter.js";
import {
  countWords,
  durationWords,
  lengthWords,
  numberWords,
  spanWords,
  speedWords,
  statusWords,
} from "./words.js";

const COARSE = 120_000; // milliseconds; from here on minutes say enough

export class About {
  constructor(root, { onSeek }) {
    this.facts = root.querySelector("[data-facts]");
    this.stops = root.querySelector("[data-stops]");
    this.section = root.querySelector("[data-part=stops]");
    this.stops.addEventListener("click", ({ target }) => {
      const stop = target.closest("[data-at]");
      if (stop) onSeek(Number(stop.dataset.at));
    });
  }

  show(past) {
    const facts = past.kind === "fleet" ? factsOfFleet(past) : factsOfTrack(past);
    const rows = Object.entries(facts).flatMap(([name, value]) => [
      made("dt", "", name),
      made("dd", "", value),
    ]);
    this.facts.replaceChildren(...rows);
    const stops = past.stops ?? [];
    this.stops.replaceChildren(...stops.map(stopRow));
    this.section.hidden = stops.length === 0;
  }
}

function factsOfTrack(track) {
  const { count, leftOut, gaps } = track;
  const left = leftOut > 0 ? `, ${numberWords(leftOut)} doubtful left out` : "";
  const names = new Set(track.kind === "order" ? track.drivers.map(([, name]) => name) : []);
  return {
    Time: spanWords(track.begin, track.end),
    ...(names.size > 0 && { [names.size > 1 ? "Drivers" : "Driver"]: [...names].join(", ") }),
    Driven: `${lengthWords(track.metres)} in ${durationWords(track.moving)}`,
    Fastest: speedWords(track.fastest),
    "No signal": gaps.size > 0 ? countWords(gaps.size, "gap") : "never",
    Positions: `${numberWords(count)}${left}`,
  };
}

const factsOfFleet = ({ begin, end, count, step }) => ({
  Time: `${spanWords(begin, end)} (${durationWords(end - begin)})`,
  Drivers: numberWords(count),
  Detail: `one position each ${step < COARSE ? `${step / 1000} s` : durationWords(step)}`,
});

export const titleOf = ({ kind, id, name }) => {
  if (kind === "fleet") return "Whole fleet";
  if (kind === "driver") return name;
  return name ? `#${id} · ${name}` : `#${id}`;
};

export function stateWords(past, moment) {
  if (past.kind === "fleet") return countedStates(past.at(moment));
  const here = past.at(moment);
  if (here === null) return "";
  if (here.state === "lost") return `No signal for ${durationWords(here.until - here.since)}`;
  if (here.stop !== null) return `Stop of ${durationWords(here.stop.end - here.stop.begin)}`;
  const speed = here.speed === null ? "" : speedWords(here.speed);
  const status = past.events.findLast(([at]) => at <= moment)?.[1];
  return [speed, status && statusWords(status)].filter(Boolean).join(" · ");
}

function stopRow({ begin, end }) {
  const button = made("button", "replay-stop");
  button.type = "button";
  button.dataset.at = String(begin);
  button.append(
    made("span", "", spanWords(begin, end)),
    made("span", "muted", durationWords(end - begin)),
  );
  const row = made("li", "");
  row.append(button);
  return row;
}

function made(tag, className, words = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = words;
  return element;
}
