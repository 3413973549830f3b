/* Says in words what lies under the pointer on a map. Text only, never markup. */

const BESIDE = 14; // pixels from the pointer
const EDGE = 4;

export class MapTip {
  #element = document.createElement("div");

  constructor(container) {
    this.container = container;
    this.#element.className = "map-tip";
    this.#element.hidden = true;
    container.append(this.#element);
  }

  show({ x, y }, words) {
    const tip = this.#element;
    if (tip.textContent !== words) tip.textContent = words;
    tip.hidden = false;
    const { clientWidth, clientHeight } = this.container;
    const left = Math.min(x + BESIDE, clientWidth - tip.offsetWidth - EDGE);
    const below = y + BESIDE + tip.offsetHeight < clientHeight;
    const top = below ? y + BESIDE : y - BESIDE - tip.offsetHeight;
    tip.style.transform = `translate(${Math.max(EDGE, left)}px, ${top}px)`;
  }

  hide() {
    this.#element.hidden = true;
  }
}
