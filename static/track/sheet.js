/* The words on the customer's page: sentence, progress, courier, timeline, freshness.
 * Everything is set as text.
 */

import { metres } from "../map/geometry.js";
import { icon } from "../shared/page.js";
import { isOver, state } from "./state.js";
import {
  apart,
  courierName,
  fill,
  freshness,
  isDated,
  late,
  more,
  sentence,
  short,
  words,
} from "./words.js";

const root = document.getElementById("track");

export const element = (name) => document.getElementById(`track-${name}`);

export function say(name, text) {
  const target = element(name);
  if (target.textContent !== text) target.textContent = text;
  target.hidden = text === "";
}

/** The sheet in pieces of work, each of them short. */
export const pieces = [
  renderStatus,
  renderLateness,
  renderProgress,
  renderCourier,
  renderTimeline,
  renderFreshness,
];

export function renderSheet() {
  for (const piece of pieces) piece();
}

function renderStatus() {
  root.className = root.className.replace(/status-\w+/, `status-${state.status}`);
  root.dataset.status = state.status;
  root.classList.toggle("is-ended", state.linkEnded);
  say("reason", isOver() && state.status !== "delivered" ? apart(state.note ?? "") : "");
}

function renderSentence() {
  const pieces = sentence();
  const text = pieces.map(([, piece]) => piece).join("");
  const heading = element("sentence");
  if (heading.textContent.trim() === text) return;
  heading.replaceChildren(
    ...pieces.map(([field, piece]) => {
      if (field !== "window") return piece;
      return Object.assign(document.createElement("span"), {
        className: "track-when",
        textContent: piece,
      });
    }),
  );
  document.title = text;
}

/** What the passing of time alone changes: called every second. */
export function renderLateness() {
  renderSentence();
  const text = late();
  const news = text !== "" && element("late").hidden;
  say("late-word", text);
  element("late").hidden = text === "";
  say("more", more());
  hide("calendar", !isDated());
  hide("maps", isOver());
  hide("actions", state.linkEnded);
  if (news) announce(text);
}

/** Of what the small version, or an order without a place, may not have. */
function hide(name, hidden) {
  const target = element(name);
  if (target) target.hidden = hidden;
}

function renderProgress() {
  element("progress").hidden = state.linkEnded;
  const done = progressDone();
  [...element("bar").querySelectorAll("i")].forEach((part, index) => {
    part.style.width = `${100 * Math.min(1, Math.max(0, done - index))}%`;
  });
  const [first] = state.timeline;
  const last = state.timeline.at(-1);
  const middle = isOver() ? null : (latest("picked_up") ?? latest("assigned"));
  const labelled = (word, step) => (step?.at ? `${word} ${apart(short(step.at))}` : word);
  say("first", labelled(words.events.ordered, first));
  say("middle", middle ? labelled(words.events[middle.status], middle) : "");
  say("last", isOver() ? labelled(words.events[state.status], last) : words.events.door);
  const word = words.events[state.timeline.length < 2 ? "ordered" : state.status];
  const label = fill(words.live.step, { n: Math.ceil(done), word });
  element("bar").setAttribute("aria-label", label);
}

const latest = (status) => state.timeline.findLast((step) => step.status === status);

/** How many of the five parts are full; on the way, by the distance that is left. */
function progressDone() {
  if (isOver() && state.status !== "delivered") {
    return Math.max(0, ...state.timeline.map((step) => words.steps[step.status] ?? 0));
  }
  const start = state.pickup?.lat != null ? state.pickup : state.route[0];
  if (state.status !== "in_transit" || !state.fix || !start || state.destination?.lat == null) {
    return words.steps[state.status];
  }
  const whole = metres(start, state.destination);
  const left = metres(state.fix, state.destination);
  const share = whole > 0 ? 1 - left / whole : 0;
  furthest = Math.max(furthest, Math.min(0.85, Math.max(0.1, share)));
  return 3 + furthest;
}

let furthest = 0;

function renderCourier() {
  const name = state.linkEnded ? "" : courierName();
  const vehicle = name === "" ? "" : (state.driver.vehicle ?? "").trim();
  element("courier").hidden = name === "";
  element("initial").textContent = name === "" ? "" : initial();
  element("name").textContent = name;
  element("vehicle").textContent = words.vehicles[vehicle.toLowerCase()] ?? vehicle;
}

export const initial = () => [...courierName()][0]?.toLocaleUpperCase() ?? "";

let listed = ""; // what the timeline shows: it is rebuilt only when that changes

function renderTimeline() {
  if (!element("timeline")) return; // the small version has none
  hide("history", state.linkEnded);
  const list = JSON.stringify(state.timeline.map((step) => [step.status, step.at && short(step.at)]));
  if (list === listed) return;
  listed = list;
  element("timeline").replaceChildren(
    ...state.timeline.map((step, index) => {
      const item = document.createElement("li");
      item.className = `status-${step.status}`;
      const word = document.createElement("span");
      word.textContent = words.events[index === 0 ? "ordered" : step.status];
      const time = document.createElement("time");
      if (step.at) {
        time.dateTime = new Date(step.at).toISOString();
        time.textContent = short(step.at);
      }
      item.append(icon(words.icons[index === 0 ? "pending" : step.status]), word, time);
      return item;
    }),
  );
}

let trouble = "";

export function renderFreshness() {
  const { text, kind } = freshness();
  say("fresh", text);
  element("fresh").dataset.kind = kind;
  const bad = kind === "weak" || kind === "offline" ? kind : "";
  if (bad !== trouble) announce(bad ? text : "");
  trouble = bad;
}

/** Read out by screen readers; never for what changes every second. */
export function announce(text) {
  element("news").textContent = text;
}
