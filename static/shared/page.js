/* Small things of any page: elements and styles to come, SVG made by hand, pauses between pieces of
 * work, what the person asked of movement.
 */

const SVG = "http://www.w3.org/2000/svg";
const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");

/** Whether this person asked for less movement. */
export const reducedMotion = () => stillness.matches;

/** An element that the page's framework will make soon. */
export function appears(selector) {
  return new Promise((resolve) => {
    const look = () => {
      const found = document.querySelector(selector);
      if (found) resolve(found);
      else setTimeout(look, 20);
    };
    look();
  });
}

/** Adds this stylesheet to the page; done once it is loaded. */
export function stylesheet(href) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  const loaded = new Promise((resolve, reject) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", reject);
  });
  document.head.append(link);
  return loaded;
}

/** Until the browser has nothing better to do, such as painting or answering a finger; soon. */
export function pause(longest = 200) {
  return new Promise((resolve) => {
    if ("requestIdleCallback" in window) requestIdleCallback(resolve, { timeout: longest });
    else setTimeout(resolve);
  });
}

/** An empty drawing with this view box. */
export function drawing(viewBox) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", viewBox);
  return svg;
}

/** One path of a drawing. */
export function shape(d, className) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", d);
  path.setAttribute("class", className);
  return path;
}

/** An icon of the page's own sprite, for the eye only. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}
