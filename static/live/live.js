/* The live page's script: one socket, the fleet on the map, what is open in the address.
 *
 * The server keeps the page; it says what is open in the attributes data-order and data-driver of
 * `.live`, and in data-silent after how many seconds a signal is lost; it hears of a choice by the
 * event "pick" with {order} or {driver}, or neither. What is filtered stands in data-filters, as a
 * part of the address; what that means for the map in the attributes of `.live-marks`.
 */

import { Connection } from "../shared/connection.js";
import { Fleet } from "./fleet.js";
import { limits } from "./fleet-driver.js";
import { Ground, waitForMap } from "../map/map.js";
import { appears } from "../shared/page.js";
import { write } from "../staff/staff.js";
import { letGo } from "../staff/unsaved.js";

const root = await appears(".live");
const find = (selector) => root.querySelector(selector);
const open = () => ({ order: root.dataset.order ?? "", driver: root.dataset.driver ?? "" });
const pick = (detail) => root.dispatchEvent(new CustomEvent("pick", { detail }));
const filters = () => root.dataset.filters ?? "";
const BESIDE = 24; // pixels from the tools to the middle of a disc, at the least
const isPhone = window.matchMedia("(max-width: 719.98px)");

/* ------------------------------------------------------------------ address */

function addressOf({ order, driver }) {
  const query = new URLSearchParams(filters());
  if (order) query.set("order", order);
  else if (driver) query.set("driver", driver);
  const text = query.toString();
  return window.location.pathname + (text ? `?${text}` : "");
}

/** Back goes to the card before; what is filtered is no step of its own. */
function keepAddress() {
  const wanted = addressOf(open());
  const here = window.location.pathname + window.location.search;
  if (wanted === here) return;
  const query = new URLSearchParams(window.location.search);
  const { order, driver } = open();
  const same = (query.get("order") ?? "") === order && (query.get("driver") ?? "") === driver;
  if (same) window.history.replaceState(null, "", wanted);
  else window.history.pushState(null, "", wanted);
}

window.addEventListener("popstate", () => {
  const query = new URLSearchParams(window.location.search);
  pick({ order: query.get("order") ?? "", driver: query.get("driver") ?? "" });
});

/* ------------------------------------------------------------------ panel and keys */

const grip = find("[data-tool=panel]");

grip.addEventListener("click", () => {
  const panel = find(".panel");
  const larger = panel.toggleAttribute("data-large");
  grip.setAttribute("aria-expanded", String(larger));
});

document.addEventListener("keydown", (event) => {
  const { order, driver } = open();
  if (event.key !== "Escape" || (!order && !driver)) return;
  if (document.querySelector(".q-dialog, .q-menu")) return;
  if (event.target instanceof Element && event.target.matches("input, textarea, select")) {
    event.target.blur();
    return;
  }
  pick({});
});

/* ------------------------------------------------------------------ the chosen row and the focus */

/** The row of the order that was chosen; later changes of the list do not scroll it. */
function showRow() {
  const { order } = open();
  const row = order && find(`.work-row[data-order="${CSS.escape(order)}"]`);
  if (row) row.scrollIntoView({ block: "nearest" });
}

let pressed = null; // the row that was pressed last
let byKey = false; // whether what comes was asked for by a key

root.addEventListener("click", ({ detail, target }) => {
  byKey = detail === 0;
  pressed = target.closest?.(".work-row") ?? pressed;
});

/** Who opens a card by a key goes on in it; who closes it goes on where it was opened. */
function moveFocus() {
  const { order, driver } = open();
  const drawer = find(".drawer");
  const here = document.activeElement;
  if (order || driver) byKey && drawer.focus();
  else if (here === document.body || drawer.contains(here)) pressed?.focus();
  byKey = false;
}

/* ------------------------------------------------------------------ map */

/** How much of the map lies below panel and drawer, in pixels from each edge. */
function frame() {
  const whole = root.getBoundingClientRect();
  const panel = find(".panel").getBoundingClientRect();
  const tools = find(".live-tools").getBoundingClientRect();
  if (isPhone.matches) {
    const bottom = Math.min(whole.bottom - panel.top, whole.height / 2);
    return { top: 92, right: 0, bottom, left: 0 }; // below the counters and the tool
  }
  const right = whole.right - tools.left - BESIDE;
  return { top: 48, right, bottom: 0, left: panel.right - whole.left };
}

async function start() {
  const map = await waitForMap(root.dataset.map);
  const { tileUrl, tileAttribution: attribution } = root.dataset;
  new Ground(map, { tileUrl: tileUrl || null, attribution });
  window.L.control.zoom({ position: "bottomright" }).addTo(map);
  map.getContainer().setAttribute("role", "region");
  map.getContainer().setAttribute("aria-label", "Map");
  const follow = find("[data-tool=follow]");
  const way = document.createElement("p");
  way.className = "live-way";
  way.setAttribute("role", "status");
  root.append(way);
  const fleet = new Fleet(map, {
    onPick: pick,
    onWay: (words) => (way.textContent = words),
    onFollow: (on) => follow.setAttribute("aria-pressed", String(on)),
    frame,
  });
  find("[data-tool=fit]").addEventListener("click", () => {
    fleet.follow(false);
    fleet.fit();
  });
  follow.addEventListener("click", () => fleet.follow(!fleet.following));
  root.addEventListener("pointerover", ({ target }) => {
    fleet.hover(target.closest?.(".work-row")?.dataset.order ?? "");
  });
  setInterval(() => document.hidden || fleet.tick(), 1000);
  return fleet;
}

/** The rows' ages go on with the drivers on the map: the server need not say it twice. */
function freshenRows(fleet) {
  for (const row of root.querySelectorAll(".work-row[data-driver]")) {
    const seen = fleet.drivers.get(row.dataset.driver)?.seenAt ?? 0;
    const age = row.querySelector("[data-age]");
    if (age && seen > Number(age.dataset.age)) age.dataset.age = seen;
  }
}

function connect(fleet) {
  let looked = false; // once, as soon as there is something to look at, if nobody moved the map
  let begun = false;
  fleet.map.once("movestart", () => (looked = true));
  const state = find("[data-live]");
  const connection = new Connection({
    url: () => "/ws/staff",
    onMessage: (message) => {
      if (message.type !== "fleet") return;
      fleet.take(message);
      freshenRows(fleet);
      if (!begun) fleet.select(open());
      begun = true;
      looked ||= fleet.lookFirst();
      showFollow();
    },
    onChange: (up) => write(state, up ? " · live" : " · reconnecting"),
    onEnd: () => {
      letGo();
      const here = window.location.pathname + window.location.search;
      window.location.assign(`/login?next=${encodeURIComponent(here)}`);
    },
  });
  const showFollow = () => (find("[data-tool=follow]").hidden = fleet.focus === null);
  new MutationObserver(() => {
    keepAddress();
    fleet.select(open());
    fleet.lookAtSelected();
    showFollow();
    showRow();
    moveFocus();
  }).observe(root, { attributes: true, attributeFilter: ["data-order", "data-driver"] });
  new MutationObserver(keepAddress).observe(root, { attributeFilter: ["data-filters"] });
  const readLimits = () => (limits.lost = 1000 * Number(root.dataset.silent));
  new MutationObserver(readLimits).observe(root, { attributeFilter: ["data-silent"] });
  readLimits();
  const marks = find(".live-marks");
  const idsIn = (name) => new Set((marks.dataset[name] ?? "").split(" ").filter(Boolean));
  const readMarks = () => {
    const [orders, drivers, late] = ["orders", "drivers", "late"].map(idsIn);
    fleet.mark({ kind: marks.dataset.filter ?? "", orders, drivers, late });
  };
  new MutationObserver(readMarks).observe(marks, { attributes: true });
  readMarks();
  connection.open();
}

showRow();
connect(await start());
