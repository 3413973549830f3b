/* What was typed and is not saved yet is not lost by a slip: to leave the page asks first.
 *
 *   data-unsaved   an element has it while something in it would be lost
 *   "taken"        an event of the window: the server takes this page away, nobody is asked
 *
 * Nor is anybody asked when the framework of the page loads it anew, after the server was away.
 */

const SETTLED_AFTER = 10_000; // milliseconds after which a connection that is back is there to stay

const away = document.getElementById("popup"); // what the framework shows while the server is away
let backAt = -Infinity;
let isTaken = false;

/** From here on the page goes without a question. */
export function letGo() {
  isTaken = true;
}

/** Whether the framework loads the page anew, should the page go now. */
export function isReloading() {
  return away.ariaHidden === "false" || performance.now() - backAt < SETTLED_AFTER;
}

/** Whether something would be lost if the page went now. */
export const hasUnsaved = () => document.querySelector("[data-unsaved]") !== null;

window.addEventListener("taken", letGo);

window.addEventListener("beforeunload", (event) => {
  if (isTaken || isReloading() || !hasUnsaved()) return;
  event.preventDefault();
  event.returnValue = true; // what older browsers go by
});

new MutationObserver((changes) => {
  const wasAway = changes.some(({ oldValue }) => oldValue === "false");
  if (wasAway && away.ariaHidden === "true") backAt = performance.now();
}).observe(away, { attributeFilter: ["aria-hidden"], attributeOldValue: true });
