/* Small helpers of every staff page: ages that tick, buttons that copy, "/" for the search.
 *
 *   data-age="1763900000000"   an element whose text is how long ago that was ("12 s", "4 min");
 *                              data-level becomes "", "warn" or "bad" by data-warn and data-bad,
 *                              seconds (60 and 300 unless said); with data-ago "4 min ago"
 *   data-copy="text"           a button that copies it; data-done is set for a while
 *   data-share="address"       a button that shares it by what the device has, with data-share-title;
 *                              shown only where there is something to share with
 *   data-undo="key"            a toast's button: it presses the element with data-undoes of that key
 *   data-search                the field that "/" focuses
 *
 * The server renders the same ages; here they only go on. Ages are counted on the server's clock.
 */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const COPIED_FOR = 2000;

let clockError = null; // how far this computer's clock is ahead of the server's, milliseconds

/** Reads what the page says of the server's clock, once it is there. */
function readClock() {
  const given = document.querySelector("[data-now]")?.dataset.now;
  if (!given) return;
  const answered = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
  clockError = performance.timeOrigin + answered - Number(given);
}

/** Milliseconds since the epoch, on the server's clock. */
export function now() {
  if (clockError === null) readClock();
  return Date.now() - (clockError ?? 0);
}

/** Seconds as people write them in a table: "now", "12 s", "4 min", "3 h", "2 d". */
export function ageWords(seconds) {
  if (seconds < 2) return "now";
  if (seconds < MINUTE) return `${Math.floor(seconds)} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h`;
  return `${Math.floor(seconds / DAY)} d`;
}

const agoWords = (seconds) => (seconds < 2 ? "just now" : `${ageWords(seconds)} ago`);

function levelOf(element, seconds) {
  if (seconds >= Number(element.dataset.bad ?? 300)) return "bad";
  return seconds >= Number(element.dataset.warn ?? 60) ? "warn" : "";
}

function tick() {
  for (const element of document.querySelectorAll("[data-age]")) {
    const since = Number(element.dataset.age);
    if (!since) continue;
    const seconds = Math.max(0, (now() - since) / 1000);
    const text = "ago" in element.dataset ? agoWords(seconds) : ageWords(seconds);
    write(element, text);
    const level = levelOf(element, seconds);
    if (element.dataset.level !== level) element.dataset.level = level;
  }
}

/** Into the text node that is there: the framework of the page writes into the same one. */
export function write(element, text) {
  const node = element.firstChild;
  if (!(node instanceof Text)) element.textContent = text;
  else if (node.data !== text) node.data = text;
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    copyByHand(button.dataset.copy); // without HTTPS there is no clipboard
  }
  button.dataset.done = "";
  setTimeout(() => delete button.dataset.done, COPIED_FOR);
}

function copyByHand(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "sr-only";
  const open = [...document.querySelectorAll("[role=dialog]")].at(-1) ?? document.body;
  open.append(field); // inside a dialog, which keeps the focus to itself
  field.select();
  document.execCommand("copy");
  field.remove();
}

document.documentElement.toggleAttribute("data-can-share", "share" in navigator);

async function share({ dataset }) {
  try {
    await navigator.share({ title: dataset.shareTitle, url: dataset.share });
  } catch {
    // the person thought better of it
  }
}

/** Whether keys go into this element as text. */
export const isTyping = (element) =>
  element instanceof HTMLElement && element.matches("input, textarea, select, [contenteditable]");

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  if (button) void copy(button);
  const sharing = event.target instanceof Element ? event.target.closest("[data-share]") : null;
  if (sharing) void share(sharing);
  const undo = event.target instanceof Element ? event.target.closest("[data-undo]") : null;
  if (undo) document.querySelector(`[data-undoes="${undo.dataset.undo}"]`)?.click();
});

/* Ctrl Z presses the button of the toast that is there, which is far for a keyboard. */
document.addEventListener("keydown", (event) => {
  const asked = event.key === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
  if (!asked || isTyping(event.target)) return;
  const undo = [...document.querySelectorAll("[data-undo]")].at(-1);
  if (!undo) return;
  event.preventDefault();
  undo.click();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target)) return;
  const field = document.querySelector("input[data-search], [data-search] input");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

/* What the server adds or changes is shown at once, all of one batch together. */
let due = 0;

function tickSoon() {
  due ||= requestAnimationFrame(() => {
    due = 0;
    tick();
  });
}

new MutationObserver(tickSoon).observe(document.body, {
  subtree: true,
  childList: true,
  attributes: true,
  attributeFilter: ["data-age"],
});

setInterval(() => document.hidden || tick(), 1000);
document.addEventListener("visibilitychange", () => document.hidden || tick());
tick();
