/* What was typed in a dialog is not lost when the framework of the page loads it anew, after the
 * server was away: the tab keeps it, and the same dialog has it again once it is opened.
 *
 *   data-login   an element has it: the number of this sign-in; nobody else's gets what was typed
 *
 * It is kept for a while, and not beyond the end of the sign-in. Passwords are not kept.
 */

import { appears } from "../shared/page.js";
import { isReloading } from "./unsaved.js";

const KEY = "typed";
const KEPT_FOR = 15 * 60_000;
const TOLD_FOR = 10_000;
const FIELDS = "input:is([type=text], [type=tel], [type=email], [type=datetime-local]), textarea";

const opened = new WeakMap(); // a form -> what stood in its fields as it opened
let isOver = false;

const login = () => document.querySelector("[data-login]")?.dataset.login;
const titleOf = (form) => form.closest("[role=dialog]").ariaLabel;

/** The fields of a form by their labels. */
function fieldsOf(form) {
  const typed = [...form.querySelectorAll(FIELDS)].filter((field) => field.role !== "combobox");
  return new Map(typed.map((field) => [field.ariaLabel ?? field.labels[0]?.textContent, field]));
}

function forget() {
  isOver = true;
  sessionStorage.removeItem(KEY);
}

function write(kept) {
  sessionStorage.setItem(KEY, JSON.stringify(kept));
}

/** What is kept for this person, if anything; what is another's, or old, is gone. */
function read() {
  const kept = JSON.parse(sessionStorage.getItem(KEY));
  if (kept && kept.login === login() && Date.now() - kept.at < KEPT_FOR) return kept;
  sessionStorage.removeItem(KEY);
  return null;
}

function keep() {
  if (isOver || !isReloading()) return;
  for (const form of document.querySelectorAll("[role=dialog] form")) {
    const texts = [...fieldsOf(form)]
      .map(([label, { value }]) => [label, value])
      .filter(([label, text]) => text !== (opened.get(form)?.get(label) ?? ""));
    if (texts.length) write({ login: login(), at: Date.now(), title: titleOf(form), texts });
  }
}

function giveBack(form) {
  const kept = read();
  if (kept?.title !== titleOf(form)) return;
  sessionStorage.removeItem(KEY);
  const fields = fieldsOf(form);
  for (const [label, text] of kept.texts) {
    const field = fields.get(label);
    if (!field) continue;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** Says once that there is something. */
function tell() {
  const kept = read();
  if (!kept || kept.isTold) return;
  write({ ...kept, isTold: true });
  Quasar.Notify.create({
    message: `What you typed in “${kept.title}” is kept: open it again to go on.`,
    position: "top",
    timeout: TOLD_FOR,
    classes: "toast",
  });
}

document.addEventListener("focusin", ({ target }) => {
  const form = target.closest("[role=dialog]")?.querySelector("form");
  if (!form || opened.has(form)) return;
  opened.set(form, new Map([...fieldsOf(form)].map(([label, { value }]) => [label, value])));
  giveBack(form);
});

window.addEventListener("pagehide", keep);
window.addEventListener("taken", forget);
window.addEventListener("submit", ({ target }) => {
  if (target.matches('[action="/logout"]')) forget();
});

void appears("[data-login]").then(tell);
