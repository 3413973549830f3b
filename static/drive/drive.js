/**
 * The driver's page: pairs a phone's browser by its link, records and streams its position, shows
 * what the server confirmed, and moves orders to their next status.
 * All text from outside goes into the page by `textContent`.
 */
import { FailedDialog } from './failed.js';
import { keepPage } from './kept.js';
import { DriverLink } from './link.js';
import { OrderList } from './orders.js';
import { Outbox, newId } from './outbox.js';
import { complainOfLink, hidePairing, onPasted, showPairing, tokenIn } from './pairing.js';
import { Proving } from './proving.js';
import { Recording } from './recording.js';
import { openStore } from './store.js';
import { UNDO_FOR, UndoLine } from './undo.js';
import { showDriving } from './view.js';
import { endedWords, plural, put, reasonWords } from './words.js';

const OPENED_ELSEWHERE = 4512;

const $ = (id) => document.getElementById(id);
let store = null;
let token = null;
let link = null;
let driverId = null;
let driverName = null;
let onDuty = true;
let startsWithDuty = false; // recording begins once the server has confirmed the duty
let confirmedAt = null;
let refused = 0;

const recording = new Recording({
  // The route is kept with a fix at least every 5 s, also where the server wants to hear less
  // often: those fixes then travel together, one frame per report.
  gap: () => Math.min(Math.max(link.interval, 1), 5),
  onFix(fix) {
    link.send({ type: 'location_update', id: newId(), ...fix }).then(render);
  },
  onDuty: () => onDuty,
  driver: () => link && driverId,
  onDutyTold(on) { onDuty = on; },
  // What the page before this one could not send.
  onBegun: () => link.outbox?.refill().then(render, () => {}),
  render,
});

const orders = new OrderList($('orders'), $('order'), {
  unsent: (orderId) => link.outbox?.newest((it) => it.type === 'status_update' && it.orderId === orderId)?.status,
  onNext: (orderId, status) => changeStatus({ orderId, status }),
  onFail: (orderId) => failing.ask(orderId),
  proof: (orderId, kind) => proving.state(orderId, kind),
  onProof: (orderId, kind) => proving.ask(orderId, kind),
});

const proving = new Proving({ file: $('photo'), code: $('code'), signature: $('signature'), say, render });

const failing = new FailedDialog($('failing'), (orderId, note) => changeStatus({ orderId, status: 'failed', note }));

const undo = new UndoLine($('undo'), {
  outbox: () => link?.outbox,
  onUndone(message) {
    say(`Taken back. Order ${message.orderId} is as it was.`, true);
    render();
  },
  onReleased: () => link?.flush(),
});

// ------------------------------------------------------------------ pairing

async function begin() {
  const fresh = location.hash.slice(1);
  // The token is a secret: out of the address bar, the history and what people photograph.
  if (fresh) history.replaceState(null, '', location.pathname);
  store ??= await openStore();
  recording.store = store;
  const kept = await store.state();
  token = kept.token ?? null;
  driverId = kept.driver ?? null;
  driverName = kept.name ?? null;
  if (fresh) await pair(fresh);
  else if (token) await open(kept.recording);
  else showPairing();
}

async function pair(text) {
  const given = tokenIn(text);
  if (!given) return complainOfLink();
  const same = given === token;
  const goesOn = same && (await store.state()).recording;
  if (!same) {
    // Whose token this is, only the server's welcome tells; until then nothing is recorded.
    driverId = driverName = null;
    await Promise.all([store.set('driver', null), store.set('name', null), store.set('recording', false), recording.stop()]);
  }
  token = given;
  await store.set('token', token);
  navigator.storage?.persist?.();
  await open(goesOn);
}

async function open(goesOn) {
  link?.close();
  orders.clear();
  say('');
  confirmedAt = null;
  refused = 0;
  const outbox = driverId && await Outbox.open(store, driverId);
  hidePairing();
  link = new DriverLink(token, { outbox, onState, onMessage });
  if (driverId) proving.open(store, driverId, token);
  else proving.close();
  link.connect();
  if (driverId && goesOn) recording.resume();
  render();
}

async function forget() {
  // Also what an earlier driver of this phone left.
  const waiting = Math.max(unsent(), await store.count().catch(() => 0));
  const loss = waiting ? ` ${plural(waiting, 'message')} not yet sent will be lost.` : '';
  if (!confirm(`Disconnect this phone from driver ${driverName ?? driverId ?? ''}?${loss}`)) return;
  endRecording();
  link.outbox?.clear();
  proving.clear();
  link.close();
  token = driverId = driverName = null;
  showPairing('This phone is disconnected. To drive again, open your driver link or paste it here.');
  await Promise.all([store.set('token', null), store.set('driver', null), store.set('name', null), store.forgetAll()]);
}

function unsent() {
  return (link.outbox?.size ?? 0) + proving.size;
}

// ------------------------------------------------------------------ what the server says

function onState({ kind, code }) {
  if (kind === 'ended' && code) {
    endRecording();
    if (code !== OPENED_ELSEWHERE) showPairing(endedWords(code, unsent()));
  }
  render();
}

function onMessage(message, settled) {
  if (message.type === 'welcome') welcomed(message);
  else if (message.type === 'ack') acknowledged(settled);
  else if (message.type === 'reject') rejected(message, settled);
  else if (message.type === 'order_assigned') orders.set(message.order);
  else if (message.type === 'order_unassigned') orders.remove(message.orderId);
  else if (message.type === 'status_update') orders.setStatus(message.orderId, message.status);
  else if (message.type === 'duty') dutyChanged(message.on);
  else if (message.type === 'error') say(message.message);
  render();
}

function welcomed(message) {
  if (message.driverId !== driverId) openOutbox(message.driverId);
  driverName = message.driverName;
  store.set('name', driverName);
  onDuty = message.onDuty;
  if (!onDuty) endRecording();
  proving.hurry();
  orders.replace(message.orders);
}

async function openOutbox(id) {
  const mine = link;
  mine.outbox = null;
  const outbox = await Outbox.open(store, id);
  if (link !== mine) return;
  driverId = id;
  store.set('driver', id);
  mine.outbox = outbox;
  proving.open(store, id, token);
  mine.flush();
  render();
}

function acknowledged(settled) {
  confirmedAt = Date.now();
  for (const message of settled) {
    if (message.type === 'duty') dutyConfirmed(message.on);
    if (message.type === 'status_update') orders.setStatus(message.orderId, message.status);
  }
}

function rejected(message, settled) {
  refused += Math.max(1, settled.length);
  const [first] = settled;
  if (first?.type === 'status_update') say(`Order ${first.orderId} was not changed: ${reasonWords(message)}`);
  else if (first?.type === 'duty') say(`Your duty was not changed: ${reasonWords(message)}`);
  else say(`A position was not taken: ${reasonWords(message)}`);
}

function dutyChanged(on) {
  onDuty = on;
  if (!on) endRecording();
  say(on ? 'The staff put you on duty.' : 'The staff ended your duty.');
}

function dutyConfirmed(on) {
  onDuty = on;
  recording.tell();
  if (on && startsWithDuty) recording.start();
  startsWithDuty = false;
}

// ------------------------------------------------------------------ what the driver does

function endRecording() {
  recording.stop();
  link?.flush(true);
}

function setDuty(on) {
  say('');
  startsWithDuty = on;
  if (!on) endRecording();
  link.send({ type: 'duty', id: newId(), on });
  render();
}

function changeStatus(change) {
  say('');
  link.outbox.release(); // whoever goes on does not want the press before back
  link.flush(true); // where he stands now, before the server asks how far from the door
  link.send({ type: 'status_update', id: newId(), ...change }, Date.now() + UNDO_FOR);
  setTimeout(() => { link.flush(); render(); }, UNDO_FOR + 50);
  render();
}

// ------------------------------------------------------------------ what the page shows

function render() {
  if (!link || $('page').hidden) return;
  const duty = link.outbox?.newest((message) => message.type === 'duty');
  const storageFull = link.outbox?.storageFull || proving.storageFull;
  showDriving({ link, recording, duty, onDuty, confirmedAt, refused, driver: driverName ?? driverId, storageFull, lasting: store.lasting });
  $('no-orders').hidden = orders.size > 0;
  $('orders').hidden = !link.outbox;
  if (link.outbox) orders.render();
  undo.render();
}

function say(words, calm = false) {
  $('problem').classList.toggle('calm', calm);
  put($('problem'), words);
}

function onPress(button, act) {
  button.addEventListener('click', () => { if (button.getAttribute('aria-disabled') !== 'true') act(); });
}

onPasted(pair);
$('forget').addEventListener('click', forget);
$('again').addEventListener('click', () => link.connect());
onPress($('start'), () => setDuty(true));
onPress($('end'), () => setDuty(false));
onPress($('record'), () => {
  say('');
  recording.start();
});
addEventListener('hashchange', begin);
addEventListener('online', () => { if (link?.state.kind === 'waiting') link.connect(); });
setInterval(() => { link?.tick(); proving.tick(); render(); }, 1000);
begin();
keepPage();
