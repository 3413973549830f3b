/* The customer's page, once the browser has it: follows one order on its own socket. The words come
 * first; the map is made once they are painted, a piece at a time.
 *
 * The server has written the page's first state; the same state, in the shape of the socket's
 * snapshot, lies in #track-data together with every sentence in the reader's language. From here
 * on: snapshot, status, position in; sentence, progress, freshness, map out. Every string is set
 * as text.
 */

import { Connection } from "../shared/connection.js";
import { pause } from "../shared/page.js";
import { offerSharing } from "./actions.js";
import {
  announce,
  element,
  pieces,
  renderFreshness,
  renderLateness,
  renderSheet,
} from "./sheet.js";
import {
  given,
  now,
  period,
  place,
  state,
  takeFix,
  takeSnapshot,
  takeStatus,
} from "./state.js";
import { clockFormat } from "./words.js";

const root = document.getElementById("track");
export let map = null; // the `OrderMap`, once there is one
let making = null; // of the map
let mapFailed = false;
let begun = false; // whether the server's words have become the browser's
let beside = null; // what the page has beside the tracking, once that is there

function render() {
  renderSheet();
  renderMap();
}

function renderMap() {
  const placeless = ![state.fix, state.destination, state.pickup].some(place);
  root.classList.toggle("has-no-map", placeless || mapFailed || state.linkEnded);
  map?.render();
  if (!placeless) making ??= startMap();
}

/** What changes by itself: how old everything is, and how late. */
function tick() {
  if (!begun) return;
  renderLateness();
  renderFreshness();
  map?.renderAge();
}

const connection = new Connection({
  url: () => {
    const token = window.location.pathname.split("/").at(-1);
    const since = new URLSearchParams({ epoch: state.epoch, seq: state.seq });
    return `/ws/client/${token}?${since}`;
  },
  onMessage: receive,
  onChange: (up) => {
    state.downSince = up ? null : Date.now();
    tick();
  },
  onEnd: () => {
    state.linkEnded = true;
    render();
    announce(element("sentence").textContent);
  },
});

function receive(message) {
  state.heardAt = now();
  beside?.hear(message);
  let news = false;
  if (message.type === "snapshot") news = takeSnapshot(message);
  else if (message.type === "status_update") news = takeStatus(message);
  else if (message.type === "location_update") {
    takeFix(message);
    state.eta = period(message.eta);
    if (state.driver) state.driver.online = true;
  } else return;
  // What the customer may see changes with the status: ask for all of it.
  if (news && message.type === "status_update") {
    const { epoch, seq } = state;
    connection.send({ type: "resume", orderId: given.snapshot.orderId, epoch, seq });
  }
  if (!begun) return;
  render();
  if (news) announce(element("sentence").textContent);
}

async function startMap() {
  try {
    await painted;
    await pause();
    const { openMap } = await import("./order-map.js");
    map = await openMap(element("map"));
  } catch {
    mapFailed = true; // the words are enough
  }
  renderMap();
}

/** Code, note, conversation, proof and rating: no part of the first view. */
async function startBeside() {
  if (!element("actions")) return; // the small version has none
  try {
    const { Beside } = await import("./more.js");
    beside = new Beside();
    await beside.start();
  } catch {
    // it did not load: the tracking goes on without it
  }
}

/** The words as this browser writes them, the map, the rest: each piece when there is time. */
async function start() {
  await painted;
  for (const piece of [clockFormat, ...pieces, renderMap]) {
    await pause();
    piece();
  }
  begun = true;
  render(); // what came meanwhile
  await making;
  await startBeside();
}

/** The server's words are on the screen, if anybody looks. */
const painted = document.hidden ? Promise.resolve() : new Promise(requestAnimationFrame);

takeSnapshot(given.snapshot);
state.note = given.note;
connection.open();
offerSharing();
setInterval(() => document.hidden || tick(), 1000);
window.addEventListener("online", tick);
window.addEventListener("offline", tick);
/* Who waits for a parcel is not asked to install something: where it is needed, the page says so. */
window.addEventListener("beforeinstallprompt", (event) => event.preventDefault());
document.addEventListener("visibilitychange", () => document.hidden || render());
void start();
