/* The keyboard on the staff's pages: through the lists by arrows, and what keys there are by "?".
 *
 *   .work-row, .row-link   what the arrows go through; Enter opens, as on any button or link
 *   data-keys              a button that shows the keys
 *   role=menuitem          what the arrows go through while a menu is open
 *
 * "/" for the search is in staff.js, Escape in live.js and in every dialog.
 */

import { isTyping } from "./staff.js";

const ROWS = ".work-row, .row-link";
const MENU = ".q-menu [role=menuitem]";
const KEYS = [
  ["/", "Search"],
  ["\u2193 \u2191", "Down and up the list"],
  ["Enter", "Open what is chosen"],
  ["Esc", "Close what is open"],
  ["Ctrl+Z", "Undo what was just done"],
  ["?", "These shortcuts"],
];

let shown = null;

function made(tag, text = "", className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

function showKeys() {
  if (shown) return;
  shown = made("dialog", "", "keys");
  shown.setAttribute("aria-label", "Shortcuts");
  const list = made("dl");
  for (const [key, what] of KEYS) {
    const name = made("dt");
    for (const one of key.split(" ")) name.append(made("kbd", one));
    list.append(name, made("dd", what));
  }
  const close = made("button", "Close", "btn");
  close.type = "button";
  close.addEventListener("click", () => shown.close());
  shown.append(made("h2", "Shortcuts"), list, close);
  shown.addEventListener("close", () => {
    shown.remove();
    shown = null;
  });
  shown.addEventListener("click", (event) => event.target === shown && shown.close());
  document.body.append(shown);
  shown.showModal();
}

/** To the next of these in sight, or the one before. */
function step(by, what = ROWS) {
  const rows = [...document.querySelectorAll(what)].filter((row) => row.offsetParent !== null);
  if (rows.length === 0) return false;
  const here = rows.indexOf(document.activeElement);
  const next = here < 0 ? (by > 0 ? 0 : rows.length - 1) : here + by;
  rows[Math.max(0, Math.min(rows.length - 1, next))].focus();
  return true;
}

const isSearch = (element) => element instanceof Element && element.closest("[data-search]") !== null;

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const down = key === "ArrowDown";
  if (document.querySelector(MENU)) {
    if ((down || key === "ArrowUp") && step(down ? 1 : -1, MENU)) event.preventDefault();
    return;
  }
  if (document.querySelector("dialog[open], .q-dialog, .q-menu")) return;
  if (isTyping(target) && !(down && isSearch(target))) return;
  if (target instanceof Element && target.closest(".leaflet-container, [role=slider]")) return;
  if (key === "?") showKeys();
  else if (target instanceof Element && target.closest(".drawer")) return;
  else if ((down || key === "ArrowUp") && step(down ? 1 : -1)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-keys]")) showKeys();
});
