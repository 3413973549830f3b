/** The driver's orders in their sequence: where to, for whom, and what can be done with each. */
import { callTo, firstName, headsFor, placeWords, wayTo, windowWords } from './places.js';
import { put, statusWords } from './words.js';

const FINAL = new Set(['delivered', 'failed', 'cancelled', 'returned']);
const NEXT = {
  assigned: 'picked_up', picked_up: 'in_transit', in_transit: 'arriving', arriving: 'delivered',
};
const PROOFS = { photo: 'Photo', signature: 'Signature', code: 'Code' };
const PROVABLE = new Set(['picked_up', 'in_transit', 'arriving']);
// A second press that follows this fast was meant for the button before it.
const DOUBLE_PRESS = 800;

export class OrderList {
  #list;
  #template;
  #unsent;
  #onNext;
  #onFail;
  #proof;
  #onProof;
  #entries = new Map(); // order id → {order, pressedAt, item}
  #chosen = null; // the order whose card the driver opened; else the first that is not done

  /**
   * `unsent(orderId)`: the newest status that the server has not confirmed, or undefined.
   * `onNext(orderId, status)`: the driver pressed the button. `onFail(orderId)`: he cannot deliver.
   * `proof(orderId, kind)`: 'waiting', 'given' or undefined; `onProof(orderId, kind)`: he gives it.
   */
  constructor(list, template, { unsent, onNext, onFail, proof, onProof }) {
    this.#list = list;
    this.#template = template;
    this.#unsent = unsent;
    this.#onNext = onNext;
    this.#onFail = onFail;
    this.#proof = proof;
    this.#onProof = onProof;
  }

  get size() { return this.#entries.size; }

  /** How many are not done. */
  get open() {
    return [...this.#entries.values()].filter((entry) => !FINAL.has(this.#status(entry))).length;
  }

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
    if (entry) entry.order = order;
    else this.#add(order);
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

  render() {
    const entries = [...this.#entries.values()];
    const open = entries.filter((entry) => !FINAL.has(this.#status(entry)));
    const shown = open.find(({ order }) => order.orderId === this.#chosen) ?? open[0];
    // Those that are done go below, as they end; moved only where need be, or a press would be lost.
    [...open, ...entries.filter((entry) => !open.includes(entry))].forEach((entry, at) => {
      if (this.#list.children[at] !== entry.item) this.#list.insertBefore(entry.item, this.#list.children[at] ?? null);
    });
    entries.forEach((entry) => this.#renderOne(entry, open.indexOf(entry) + 1, entry === shown));
  }

  #status({ order }) {
    return this.#unsent(order.orderId) ?? order.status;
  }

  #add(order) {
    const item = this.#template.content.firstElementChild.cloneNode(true);
    const entry = { order, pressedAt: 0, item };
    const on = (name, act) => item.querySelector(`.${name}`).addEventListener('click', act);
    on('head', () => { this.#chosen = order.orderId; this.render(); });
    on('next', () => this.#press(entry));
    on('fail', () => this.#onFail(order.orderId));
    for (const kind of Object.keys(PROOFS)) on(kind, () => this.#onProof(order.orderId, kind));
    this.#entries.set(order.orderId, entry);
    this.#list.append(item);
  }

  #press(entry) {
    const next = NEXT[this.#status(entry)];
    if (!next || Date.now() - entry.pressedAt < DOUBLE_PRESS) return;
    entry.pressedAt = Date.now();
    this.#onNext(entry.order.orderId, next);
  }

  #renderOne(entry, number, shown) {
    const { order, item } = entry;
    const part = (name) => item.querySelector(`.${name}`);
    const status = this.#status(entry);
    const name = firstName(order.customer);
    const place = headsFor({ ...order, status });
    item.className = `drive-order status-${status}${shown ? ' shown' : ''}`;
    put(part('number'), number ? String(number) : '');
    part('icon use').setAttribute('href', `#i-${status}`);
    put(part('place'), placeWords(place));
    put(part('fetch'), place === order.destination ? '' : 'Pick up at');
    put(part('name'), name || `Order ${order.orderId}`);
    put(part('word'), statusWords(status) + (status === order.status ? '' : ' · not sent yet'));
    put(part('window'), windowWords(order.window));
    part('head').setAttribute('aria-expanded', String(shown));
    part('head').disabled = number === 0;
    part('body').hidden = !shown;
    if (!shown) return;
    put(part('then'), place === order.destination ? '' : `Then to ${placeWords(order.destination)}`);
    put(part('note'), order.note ?? '');
    put(part('wish'), order.customerNote ? `${name || 'The customer'}: ${order.customerNote}` : '');
    put(part('told'), (order.words ?? []).map((word) => word.text).join('\n'));
    put(part('id'), `Order ${order.orderId}`);
    renderLink(part('call'), callTo(order.phone), `Call ${name || 'the customer'}`);
    renderLink(part('go'), wayTo(place), 'Navigate');
    part('proof').hidden = !PROVABLE.has(status);
    for (const [kind, words] of Object.entries(PROOFS)) {
      const state = this.#proof(order.orderId, kind);
      put(part(kind).querySelector('.kind'), state === 'waiting' ? `${words} waits` : state ? `${words} sent` : words);
      part(kind).classList.toggle('given', Boolean(state));
    }
    put(part('step'), statusWords(NEXT[status]));
    item.querySelectorAll('.whose').forEach((each) => put(each, `for order ${order.orderId}`));
  }
}

function renderLink(link, address, words) {
  link.hidden = !address;
  if (!address) return;
  if (link.getAttribute('href') !== address) link.setAttribute('href', address);
  put(link.querySelector('span'), words);
}
