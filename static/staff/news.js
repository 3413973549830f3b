/* Why the server took the page away ("taken"), told once by the page that comes in its place in this
 * tab; with it, whether something that was typed is lost. It waits until somebody looks. */

import { appears } from "../shared/page.js";
import { hasUnsaved } from "./unsaved.js";

const KEY = "news";
const SHORT = 6_000; // milliseconds that it is shown,
const LONG = 20_000; // and where something is lost

const isWriting = () =>
  [...document.querySelectorAll(".talk-field textarea")].some(({ value }) => value.trim());

function tell() {
  const news = JSON.parse(sessionStorage.getItem(KEY));
  if (!news || document.hidden) return;
  sessionStorage.removeItem(KEY);
  Quasar.Notify.create({
    message: news.isLost ? `${news.text} What you typed was not saved.` : news.text,
    position: "top",
    timeout: news.isLost ? LONG : SHORT,
    classes: "toast",
  });
}

window.addEventListener("taken", ({ detail }) => {
  if (!detail) return;
  sessionStorage.setItem(KEY, JSON.stringify({ text: detail, isLost: hasUnsaved() || isWriting() }));
});

void appears("[data-login]").then(() => {
  document.addEventListener("visibilitychange", tell);
  tell();
});
