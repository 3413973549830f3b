/* The customer's page, once the browser has it: follows one order on its own socket.
 *
 * The server has written the page's first state; the same state, in the shape of the socket's
 * snapshot, lies in #track-data together with every sentence in the reader's language. From here
 * on: snapshot, status, position in; sentence, progress, freshness, map out. Every string is set
 * as text.
 */

import { Connection } from "./connection.js";
import { waitForMap } from "./map.js";
import { offerSharing } from "./track-actions.js";
import { OrderMap, place } from "./track-map.js";
import { announce, element, renderFreshness, renderLateness, renderSheet } from "./track-sheet.js";
import { given, now, period, state, takeFix, takeSnapshot, takeStatus } from "./track-state.js";

const root = document.getElementById("track");
let map = null;
let mapFailed = false;
let beside = null; // what the page has beside the tracking, once that is there

function render() {
  const placeless = ![state.fix, state.destination, state.pickup].some(place);
  root.classList.toggle("has-no-map", placeless || mapFailed || state.linkEnded);
  renderSheet();
  map?.render();
}

/** What changes by itself: how old everything is, and how late. */
function tick() {
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
  render();
  if (news) announce(element("sentence").textContent);
}

async function startMap() {
  try {
    map = new OrderMap(await waitForMap(given.map));
  } catch {
    mapFailed = true; // the words are enough
    render();
    return;
  }
  render();
  map.look(false);
}

/** Code, note, conversation, proof and rating: no part of the first view. */
async function startBeside() {
  if (!element("actions")) return; // the small version has none
  try {
    const { Beside } = await import("./track-more.js");
    beside = new Beside();
    await beside.start();
  } catch {
    // it did not load: the tracking goes on without it
  }
}

takeSnapshot(given.snapshot);
state.note = given.note;
render();
setInterval(() => document.hidden || tick(), 1000);
window.addEventListener("online", tick);
window.addEventListener("offline", tick);
document.addEventListener("visibilitychange", () => document.hidden || render());
connection.open();
offerSharing();
void startMap().then(startBeside);
