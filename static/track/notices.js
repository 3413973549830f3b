/* Notifications of what happens to the order while its page is closed, by the browser's own push
 * service. Nothing is asked of anybody before the person presses; where the browser cannot do it
 * (such as on a page that is not secure), nothing is offered. An iPhone can once the page is on its
 * home screen: whoever presses there is told so.
 */

import { drawing, shape } from "../shared/page.js";
import { make, post } from "./form.js";
import { given } from "./state.js";
import { words } from "./words.js";

const WORKER = "/track-worker.js";
const SCOPE = "/track/";
const BELL = "M6 16.5h12l-1.6-2.3V10a4.4 4.4 0 0 0-8.8 0v4.2zM10 19.2a2.1 2.1 0 0 0 4 0";
const NEEDED = ["Notification", "PushManager"];
const able =
  window.isSecureContext && "serviceWorker" in navigator && NEEDED.every((name) => name in window);
/* Only iOS knows `standalone`; it can notify from the version on that knows import maps (16.4). */
const homeless =
  !able &&
  window.isSecureContext &&
  navigator.standalone === false &&
  HTMLScriptElement.supports?.("importmap") === true;

/** One button: tell me; and what came of it. */
export class Notices {
  #key = null; // what the browser asks its push service for an address with; null: not offered
  #on = null; // whether this browser is told; null: not known yet
  #looking = false;
  #busy = false;
  #line = make("p", { role: "status" });
  #word = make("span");
  #button = make("button", { type: "button", class: "btn" }, bell(), this.#word);
  #said = make("p", { class: "beside-said", role: "status" });
  root = make("section", { class: "beside-notices" }, this.#button, this.#line, this.#said);

  constructor() {
    this.#button.addEventListener("click", () => void this.#press());
    this.#show();
  }

  take({ notices }) {
    this.#key = notices;
    if (homeless) this.#on = false;
    this.#show();
    if (able && notices && this.#on === null && !this.#looking) void this.#look();
  }

  /** Whether this browser is told already: it, and the server, know. */
  async #look() {
    this.#looking = true;
    this.#on = await isTold().catch(() => false);
    this.#show();
  }

  async #press() {
    if (homeless) this.#say(words.notices.home);
    if (homeless || this.#busy) return;
    this.#busy = true;
    this.#say("");
    try {
      if (this.#on) await this.#turnOff();
      else await this.#turnOn();
    } catch {
      this.#say(words.notices.failed, true);
    } finally {
      this.#busy = false;
    }
    this.#show();
  }

  async #turnOn() {
    const permission = await Notification.requestPermission();
    if (permission === "denied") this.#say(words.notices.blocked);
    if (permission !== "granted") return;
    const { endpoint, keys } = (await subscribe(this.#key)).toJSON();
    await post("notices", { endpoint, keys, locale: given.locale });
    this.#on = true;
  }

  /** The browser keeps its address: another order's page may use it too. */
  async #turnOff() {
    const answer = await fetch(pathOf(await nameOf(await subscription())), { method: "DELETE" });
    if (!answer.ok) throw new Error(`refused: ${answer.status}`);
    this.#on = false;
  }

  #say(text, bad = false) {
    this.#said.textContent = text;
    this.#said.classList.toggle("is-bad", bad);
  }

  #show() {
    const blocked = able && Notification.permission === "denied";
    const silent = blocked && this.#said.textContent === ""; // who said no need not be asked again
    this.root.hidden = !(able || homeless) || silent || this.#key === null || this.#on === null;
    this.#button.hidden = this.#line.hidden = blocked;
    this.#word.textContent = this.#on ? words.notices.off : words.notices.offer;
    this.#line.textContent = this.#on ? words.notices.on : words.notices.offer_more;
    this.root.classList.toggle("is-on", this.#on === true);
  }
}

async function subscribe(key) {
  await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
  const { pushManager } = await navigator.serviceWorker.ready;
  const wish = { userVisibleOnly: true, applicationServerKey: key };
  try {
    return await pushManager.subscribe(wish);
  } catch (error) {
    // The server has another key than when this browser got its address: it needs a new one.
    if (error.name !== "InvalidStateError") throw error;
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(wish);
  }
}

async function isTold() {
  if (Notification.permission !== "granted") return false;
  const name = await nameOf(await subscription());
  const answer = name && (await fetch(pathOf(name)));
  return answer?.ok ? (await answer.json()).on : false;
}

async function subscription() {
  const registration = await navigator.serviceWorker.getRegistration();
  return registration?.pushManager.getSubscription();
}

/** What the server calls this browser: a digest of its address, in base64url. */
async function nameOf(known) {
  if (!known) return null;
  const bytes = new TextEncoder().encode(known.endpoint);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const text = btoa(String.fromCharCode(...digest));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const pathOf = (name) => `${window.location.pathname}/notices/${name}`;

function bell() {
  const icon = drawing("0 0 24 24");
  icon.setAttribute("class", "icon");
  icon.setAttribute("aria-hidden", "true");
  icon.append(shape(BELL, ""));
  return icon;
}
