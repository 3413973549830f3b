/* What a customer can do with the page: share its link. */

import { element, say } from "./sheet.js";
import { words } from "./words.js";

const THANKS = 3000; // milliseconds that a word of success stays

/** Shows the button where the browser can share, or at least copy. */
export function offerSharing() {
  const button = element("share");
  if (!button) return; // the small version has none
  button.hidden = !(navigator.share || navigator.clipboard);
  button.removeAttribute("data-idle");
  button.addEventListener("click", () => void share());
}

async function share() {
  const url = new URL(window.location.pathname, window.location.href).href;
  try {
    if (navigator.share) await navigator.share({ title: document.title, url });
    else await copy(url);
  } catch {
    // closed without choosing, or not allowed here: nothing has changed
  }
}

async function copy(url) {
  await navigator.clipboard.writeText(url);
  say("share-word", words.page.copied);
  setTimeout(() => say("share-word", words.page.share), THANKS);
}
