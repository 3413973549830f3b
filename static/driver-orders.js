/** The list of the driver's orders, with one button each for the next status. */
import { placeWords, put, statusWords } from './driver-words.js';

const FINAL = new Set(['delivered', 'failed', 'cancelled', 'returned']);
const NEXT = {
  assigned: 'picked_up', picked_up: 'in_transit', in_transit: 'arriving', arriving: 'delivered',
};
// A second press that follows this fast was meant for the button before it.
const DOUBLE_PRESS = 800;

export class OrderList {
  #list;
  #template;
  #waitingFor;
  #onNext;
  #entries = new Map(); // order id → {order, changedAt, item}

  /**
   * `waitingFor(orderId)`: the change of status that the server has not answered, or undefined.
   * `onNext(orderId, status)`: the driver pressed the button.
   */
  constructor(list, template, { waitingFor, onNext }) {
    this.#list = list;
    this.#template = template;
    this.#waitingFor = waitingFor;
    this.#onNext = onNext;
  }

  get size() { return this.#entries.size; }

  /** These are his open orders; what he finished on this page stays below them. */
  replace(orders) {
    const open = new Set(orders.map((order) => order.orderId));
    for (const [id, { order }] of this.#entries) {
      if (!open.has(id) && !FINAL.has(order.status)) this.remove(id);
    }
    orders.forEach((order) => this.set(order));
  }

  set(order) {
    const entry = this.#entries.get(order.orderId);
    if (!entry) return this.#add(order);
    if (entry.order.status !== order.status) entry.changedAt = Date.now();
    entry.order = order;
  }

  setStatus(orderId, status) {
    const entry = this.#entries.get(orderId);
    if (entry) this.set({ ...entry.order, status });
  }

  remove(orderId) {
    this.#entries.get(orderId)?.item.remove();
    this.#entries.delete(orderId);
  }

  clear() {
    for (const id of [...this.#entries.keys()]) this.remove(id);
  }

  /** `highlight`: the first open order's button is the page's primary one. */
  render(highlight) {
    const entries = [...this.#entries.values()];
    const first = entries.find(({ order }) => order.status in NEXT);
    for (const entry of entries) this.#renderOne(entry, highlight && entry === first);
  }

  #add(order) {
    const item = this.#template.content.firstElementChild.cloneNode(true);
    const entry = { order, changedAt: 0, item };
    item.querySelector('button').addEventListener('click', () => this.#press(entry));
    this.#entries.set(order.orderId, entry);
    this.#list.append(item);
  }

  #press({ order, changedAt }) {
    const next = NEXT[order.status];
    if (!next || this.#waitingFor(order.orderId) || Date.now() - changedAt < DOUBLE_PRESS) return;
    this.#onNext(order.orderId, next);
  }

  #renderOne({ order, item }, primary) {
    const part = (name) => item.querySelector(`.${name}`);
    item.className = `drive-order status-${order.status}`;
    part('icon use').setAttribute('href', `#i-${order.status}`);
    put(part('name'), order.customer ? `${order.orderId} · ${order.customer}` : order.orderId);
    put(part('word'), statusWords(order.status));
    put(part('place'), placeWords(order.destination));
    put(part('note'), order.note ?? '');
    const next = NEXT[order.status];
    const button = part('btn');
    button.hidden = !next;
    if (!next) return;
    const waiting = this.#waitingFor(order.orderId);
    button.setAttribute('aria-disabled', String(Boolean(waiting)));
    button.classList.toggle('btn-primary', primary);
    put(part('step'), waiting ? `Sending: ${statusWords(waiting.status)}` : statusWords(next));
    put(part('whose'), `for order ${order.orderId}`);
  }
}
