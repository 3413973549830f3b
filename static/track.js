/* The customer's page, once the browser has it: follows one order on its own socket.
 *
 * The server has written the page's first state; the same state, in the shape of the socket's
 * snapshot, lies in #track-data together with every sentence. From here on: snapshot, status,
 * position in; sentence, progress, freshness, map out. Every string is set as text.
 */

import { Connection } from "./connection.js";
import { Courier, Ground, Route, bearing, metres, pin, reducedMotion, waitForMap } from "./map.js";

const STALE = 60_000; // from this age on a place is shown as old
const LOST = 3000; // so long without a socket before the page says so
const HAND = 1000; // a movement of the map so soon after a touch is the person's
const UNDERWAY = new Set(["picked_up", "in_transit", "arriving"]);
const FINAL = new Set(["delivered", "failed", "cancelled", "returned"]);

const given = JSON.parse(document.getElementById("track-data").textContent);
const words = given.words;
const element = (name) => document.getElementById(`track-${name}`);
const root = document.getElementById("track");

/* The phone's clock may be wrong by minutes: ages are counted on the server's. */
const answered = performance.getEntriesByType("navigation")[0]?.responseStart || performance.now();
const clockError = Date.parse(given.now) - (performance.timeOrigin + answered);
const now = () => Date.now() + clockError;

/* ------------------------------------------------------------------ state */

const state = {
  seq: 0,
  epoch: null,
  status: "pending",
  timeline: [], // [{status, seq, at}], in order
  driver: null,
  fix: null, // {lat, lng, heading, accuracy, at}
  eta: null, // [from, to]
  window: period(given.window),
  destination: null,
  pickup: given.pickup,
  note: given.note,
  downSince: Date.now(),
  linkEnded: false,
};

const isOver = () => FINAL.has(state.status);
const courierShown = () => state.fix !== null && !isOver() && !state.linkEnded;
const isStale = () => state.fix !== null && now() - state.fix.at >= STALE;

function period(value) {
  return value ? [Date.parse(value.from), Date.parse(value.to)] : null;
}

function takeSnapshot(message) {
  const changed = message.status !== state.status;
  Object.assign(state, {
    status: message.status,
    epoch: message.epoch,
    driver: message.driver,
    eta: period(message.eta),
    destination: message.destination,
  });
  const sameHistory = message.seq === state.seq;
  state.seq = message.seq;
  if (message.timeline) {
    state.timeline = message.timeline.map((step) => ({ ...step, at: Date.parse(step.at) }));
  } else if (!sameHistory) {
    state.timeline.push({ status: message.status, seq: message.seq, at: null });
  }
  if (changed) state.note = null;
  if (message.position) takeFix(message.position);
  else state.fix = null;
  return changed;
}

function takeStatus(message) {
  const step = { status: message.status, seq: message.seq, at: Date.parse(message.at) };
  const known = state.timeline.findIndex((other) => other.seq === step.seq);
  if (known >= 0) state.timeline[known] = step;
  else state.timeline.push(step);
  state.timeline.sort((a, b) => a.seq - b.seq);
  if (message.seq === state.seq) state.note = message.note ?? state.note;
  if (message.seq <= state.seq) return false;
  Object.assign(state, { seq: message.seq, status: message.status, note: message.note ?? null });
  return true;
}

function takeFix(position) {
  const at = Date.parse(position.recordedAt);
  if (state.fix && at <= state.fix.at) return;
  const { lat, lng, heading, accuracy } = position;
  state.fix = { lat, lng, heading, accuracy, at };
}

/* ------------------------------------------------------------------ words */

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });
const shortFormat = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "numeric",
  minute: "2-digit",
});

const isToday = (at) => new Date(at).toDateString() === new Date(now()).toDateString();
const short = (at) => (isToday(at) ? clockFormat : shortFormat).format(at);
const range = ([from, to]) => (isToday(from) ? clockFormat : shortFormat).formatRange(from, to);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const courierName = () => (isOver() ? "" : (state.driver?.name ?? ""));
const shop = () => given.business || words.more.shop;

function coming() {
  return state.eta && state.eta[1] > now() && !isOver() ? state.eta : null;
}

/** The sentence in pieces: [name of the field or null, text]. */
function sentence() {
  if (state.linkEnded) return [[null, words.sentences.ended]];
  const ended = isOver() ? state.timeline.at(-1)?.at : null;
  const values = {
    name: courierName(),
    window: coming() ? range(coming()) : "",
    time: ended ? clockFormat.format(ended) : "",
    day: ended ? dayFormat.format(ended) : "",
  };
  const text = words.sentences[sentenceKey(values, ended)];
  return text
    .split(/(\{\w+\})/)
    .filter(Boolean)
    .map((piece) => {
      const field = /^\{(\w+)\}$/.exec(piece)?.[1] ?? null;
      return [field, field ? values[field] : piece];
    });
}

function sentenceKey(values, ended) {
  if (state.status === "delivered" && ended) {
    return isToday(ended) ? "delivered_time" : "delivered_day";
  }
  let key = state.status;
  if (values.name && `${key}_name` in words.sentences) key += "_name";
  if (values.window && `${key}_eta` in words.sentences) key += "_eta";
  return key;
}

function more() {
  if (state.linkEnded) return fill(words.more.ended, { shop: shop() });
  if (isOver()) return capital(fill(words.more[state.status], { shop: shop() }));
  if (coming() && state.status !== "in_transit") {
    return fill(words.more.arriving_at, { window: range(coming()) });
  }
  if (!coming() && state.window) return fill(words.more.window, { window: range(state.window) });
  return "";
}

/** How old the news is, in words; and whether that is a reason to worry. */
function freshness() {
  if (isOver() || state.linkEnded) return { text: "", kind: "" };
  const lost = state.downSince !== null && Date.now() - state.downSince > LOST;
  if (!navigator.onLine || lost) {
    const heard = short(state.fix?.at ?? state.heardAt ?? now());
    const text = navigator.onLine ? words.live.lost : words.live.offline;
    return { text: fill(text, { time: heard }), kind: "offline" };
  }
  if (!state.fix) {
    return { text: UNDERWAY.has(state.status) ? words.live.waiting : "", kind: "" };
  }
  if (isStale()) {
    const name = courierName();
    const text = name ? words.live.weak_name : words.live.weak;
    return { text: fill(text, { name }), kind: "weak" };
  }
  const seconds = Math.max(0, Math.floor((now() - state.fix.at) / 1000));
  if (seconds < 2) return { text: words.live.now, kind: "live" };
  return { text: fill(words.live.seconds, { n: seconds }), kind: "live" };
}

/* ------------------------------------------------------------------ sheet */

function say(name, text) {
  const target = element(name);
  if (target.textContent !== text) target.textContent = text;
  target.hidden = text === "";
}

function renderSheet() {
  root.className = root.className.replace(/status-\w+/, `status-${state.status}`);
  root.dataset.status = state.status;
  root.classList.toggle("is-ended", state.linkEnded);
  renderSentence();
  say("reason", isOver() && state.status !== "delivered" ? (state.note ?? "") : "");
  say("more", more());
  renderProgress();
  renderCourier();
  renderTimeline();
  renderFreshness();
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

function renderProgress() {
  element("progress").hidden = state.linkEnded;
  const done = progressDone();
  [...element("bar").querySelectorAll("i")].forEach((part, index) => {
    part.style.width = `${100 * Math.min(1, Math.max(0, done - index))}%`;
  });
  const [first] = state.timeline;
  const last = state.timeline.at(-1);
  const middle = isOver() ? null : (latest("picked_up") ?? latest("assigned"));
  const labelled = (word, step) => (step?.at ? `${word} ${short(step.at)}` : word);
  element("first").textContent = labelled(words.events.ordered, first);
  element("middle").textContent = middle ? labelled(words.events[middle.status], middle) : "";
  element("last").textContent = isOver()
    ? labelled(words.events[state.status], last)
    : words.events.door;
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
  const start = state.pickup?.lat != null ? state.pickup : given.route[0];
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
  element("courier").hidden = name === "";
  if (name === "") return;
  const vehicle = (state.driver.vehicle ?? "").trim();
  element("initial").textContent = initial();
  element("name").textContent = name;
  element("vehicle").textContent = words.vehicles[vehicle.toLowerCase()] ?? vehicle;
}

const initial = () => [...courierName()][0]?.toLocaleUpperCase() ?? "";

function renderTimeline() {
  element("timeline").parentElement.hidden = state.linkEnded;
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
      item.append(icon(words.icons[step.status]), word, time);
      return item;
    }),
  );
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

let trouble = "";

function renderFreshness() {
  const { text, kind } = freshness();
  say("fresh", text);
  element("fresh").dataset.kind = kind;
  map?.courier?.setStale(isStale() ? fill(words.live.last_seen, { time: short(state.fix.at) }) : null);
  const bad = kind === "weak" || kind === "offline" ? kind : "";
  if (bad !== trouble && bad) announce(text);
  trouble = bad;
}

/** Read out by screen readers; never for what changes every second. */
function announce(text) {
  element("news").textContent = text;
}

/* ------------------------------------------------------------------ map */

let map = null;

/** The map of this order: what is on it, and where it looks. */
class OrderMap {
  courier = null;
  following = true;
  #touchedAt = -Infinity; // when a hand was last on the map
  #lookedAt = 0;
  #door = null;
  #bag = null;

  constructor(leaflet) {
    this.leaflet = leaflet;
    this.ground = new Ground(leaflet, {
      tileUrl: given.tileUrl,
      attribution: given.tileAttribution,
    });
    window.L.control.zoom({ position: "topright" }).addTo(leaflet);
    this.route = new Route(leaflet);
    this.route.set(given.route);
    for (const hand of ["pointerdown", "wheel", "keydown", "touchstart"]) {
      const touched = () => (this.#touchedAt = performance.now());
      leaflet.getContainer().addEventListener(hand, touched, { capture: true, passive: true });
    }
    leaflet.on("dragstart movestart zoomstart", () => this.#started());
    leaflet.on("resize", () => this.following && this.look(false));
    element("follow").addEventListener("click", () => this.follow(true));
  }

  render() {
    this.#renderPins();
    if (courierShown()) this.#renderCourier();
    else this.#removeCourier();
    this.#renderButton();
    this.#renderAhead(this.courier?.drawn);
  }

  follow(on) {
    this.following = on;
    this.#renderButton();
    if (on) this.look(true);
  }

  #renderButton() {
    const { follows, follow, back } = words.map;
    const button = element("follow");
    button.hidden = this.following && this.courier === null;
    button.setAttribute("aria-pressed", String(this.following));
    say("follow-word", this.following ? follows : this.courier ? follow : back);
    element("follow-word").classList.toggle("sr-only", this.following);
  }

  /** The map begins to move: by a hand, or by us. */
  #started() {
    if (this.following && performance.now() - this.#touchedAt < HAND) this.follow(false);
  }

  /** Shows everything that matters: courier and door, else door and shop. */
  look(animate) {
    const places = this.#places();
    if (places.length === 0) return;
    this.#lookedAt = performance.now();
    this.leaflet.fitBounds(window.L.latLngBounds(places), {
      ...this.#frame(),
      maxZoom: places.length > 1 ? 17 : 15,
      animate: animate && !reducedMotion(),
      duration: 0.6,
    });
  }

  #places() {
    const shown = [this.courier?.drawn, place(state.destination)].filter(Boolean);
    if (this.courier || !place(state.pickup)) return shown;
    return [...shown, place(state.pickup)];
  }

  #frame() {
    return { paddingTopLeft: [48, 104], paddingBottomRight: [76, 140] };
  }

  #renderPins() {
    const door = state.linkEnded ? null : place(state.destination);
    const bag = state.linkEnded || courierShown() ? null : place(state.pickup);
    this.#door = replacePin(this.leaflet, this.#door, "door", door, words.events.door);
    this.#bag = replacePin(this.leaflet, this.#bag, "bag", bag, capital(shop()));
  }

  #renderCourier() {
    if (!this.courier) {
      this.courier = new Courier(this.leaflet, {
        initial: initial(),
        name: courierName() || words.map.courier,
        onMove: (drawn, courier) => this.#moved(drawn, courier),
        onReach: (fix) => this.route.add(fix),
      });
      this.courier.setFix(withHeading(state.fix));
      if (this.following) this.look(true);
      return;
    }
    this.courier.setInitial(initial());
    this.courier.setFix(state.fix);
  }

  #removeCourier() {
    if (!this.courier) return;
    this.courier.remove();
    this.courier = null;
    this.route.clear();
    given.route = [];
    if (this.following) this.look(true);
  }

  #moved(drawn, courier) {
    this.route.head(drawn, courier.newest.at);
    this.#renderAhead(drawn);
    if (!this.following || performance.now() - this.#lookedAt < 1500) return;
    if (this.#wantsLook(drawn)) this.look(true);
  }

  #renderAhead(drawn) {
    const door = place(state.destination);
    const shown = drawn && door && !isStale() ? door : null;
    this.route.ahead(drawn ?? null, shown);
  }

  /** Looking elsewhere only with a cause: out of the frame, or much too far away. */
  #wantsLook(drawn) {
    const { paddingTopLeft: [left, top], paddingBottomRight: [right, bottom] } = this.#frame();
    const size = this.leaflet.getSize();
    const at = this.leaflet.latLngToContainerPoint(drawn);
    const inside =
      at.x > left / 2 && at.x < size.x - right / 2 && at.y > top / 2 && at.y < size.y - bottom / 2;
    if (!inside) return true;
    const places = this.#places();
    if (places.length < 2) return false;
    const padding = window.L.point(left + right, top + bottom);
    const wanted = this.leaflet.getBoundsZoom(window.L.latLngBounds(places), false, padding);
    return Math.min(17, wanted) >= this.leaflet.getZoom() + 1;
  }
}

function replacePin(leaflet, marker, kind, at, label) {
  if (!at) {
    marker?.remove();
    return null;
  }
  if (!marker) return pin(leaflet, kind, at, label);
  return marker.setLatLng(at);
}

const place = (spot) => (spot?.lat != null && spot?.lng != null ? { lat: spot.lat, lng: spot.lng } : null);

/** The first fix may say nothing of its heading; the last bit of the route does. */
function withHeading(fix) {
  const before = given.route.findLast((point) => point.at < fix.at && metres(point, fix) > 10);
  return fix.heading == null && before ? { ...fix, heading: bearing(before, fix) } : fix;
}

/* ------------------------------------------------------------------ wiring */

function render() {
  const placeless = ![state.fix, state.destination, state.pickup].some(place);
  root.classList.toggle("has-no-map", placeless || state.linkEnded);
  renderSheet();
  map?.render();
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
    renderFreshness();
  },
  onEnd: () => {
    state.linkEnded = true;
    render();
    announce(element("sentence").textContent);
  },
});

function receive(message) {
  state.heardAt = now();
  let news = false;
  if (message.type === "snapshot") news = takeSnapshot(message);
  else if (message.type === "status_update") news = takeStatus(message);
  else if (message.type === "location_update") {
    takeFix(message);
    state.eta = period(message.eta);
  } else return;
  // What the customer may see changes with the status: ask for all of it.
  if (news && message.type === "status_update") {
    connection.send({ type: "resume", orderId: given.snapshot.orderId, epoch: state.epoch, seq: state.seq });
  }
  render();
  if (news) announce(element("sentence").textContent);
}

/** NiceGUI brought the map; its own socket has nothing more to do here. */
async function letNiceGuiGo() {
  const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
  for (let waited = 0; !window.did_handshake && waited < 10_000; waited += 100) await pause(100);
  await pause(300); // the map tells the server once that it is there
  window.socket?.disconnect();
  window.socket = { id: "", emit() {} };
  window.did_handshake = true;
}

async function startMap() {
  try {
    map = new OrderMap(await waitForMap(given.map));
  } catch {
    root.classList.add("has-no-map"); // the words are enough
    return;
  }
  render();
  map.look(false);
  void letNiceGuiGo();
}

given.route = given.route.map(([lat, lng, at]) => ({ lat, lng, at: Date.parse(at) }));
takeSnapshot(given.snapshot);
state.note = given.note;
render();
setInterval(() => document.hidden || renderFreshness(), 1000);
window.addEventListener("online", renderFreshness);
window.addEventListener("offline", renderFreshness);
document.addEventListener("visibilitychange", () => document.hidden || render());
connection.open();
void startMap();
