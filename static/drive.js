/**
 * The driver's page: pairs a phone's browser by its link, records and streams its position, shows
 * what the server confirmed, and moves orders to their next status.
 * All text from outside goes into the page by `textContent`.
 */
import { DriverLink, Outbox, newId } from './driver-link.js';
import { OrderList } from './driver-orders.js';
import { PositionRecorder } from './driver-recorder.js';
import { ago, endedWords, linkWords, plural, put, reasonWords, situation } from './driver-words.js';

const TOKEN = /^[A-Za-z0-9_-]{20,256}$/;
const OPENED_ELSEWHERE = 4512;

const $ = (id) => document.getElementById(id);
let link = null;
let driverId = null;
let onDuty = true;
let signal = ''; // what is wrong with the phone's position
let confirmedAt = null;
let refused = 0;

const recorder = new PositionRecorder({
  // The route is kept with a fix at least every 5 s, also where the server wants to hear less
  // often: those fixes then travel together, one frame per report. Never more than one a second.
  gap: () => Math.min(Math.max(link.interval, 1), 5),
  onFix(fix) {
    link.send({ type: 'location_update', id: newId(), ...fix });
    render();
  },
  onProblem(words) {
    signal = words;
    remember('recording', recorder.running);
    render();
  },
});

const orders = new OrderList($('orders'), $('order'), {
  waitingFor: (id) => link.outbox?.all.find((it) => it.type === 'status_update' && it.orderId === id),
  onNext(orderId, status) {
    say('');
    link.send({ type: 'status_update', id: newId(), orderId, status });
    render();
  },
});

// ------------------------------------------------------------------ pairing

function begin() {
  const fresh = location.hash.slice(1);
  if (fresh) history.replaceState(null, '', location.pathname);
  const token = localStorage.getItem('ontheway.token');
  if (fresh) pair(fresh);
  else if (token) open(token);
  else showPairing();
}

function pair(text) {
  const token = text.trim().split('#').pop();
  if (!TOKEN.test(token)) {
    showPairing();
    put($('pair-error'), 'That does not look like a driver link. Copy all of it, also what follows the #.');
    return;
  }
  if (token !== localStorage.getItem('ontheway.token')) {
    // Whose token this is, only the server's welcome tells; until then nothing is recorded.
    remember('driver', null);
    setRecording(false);
  }
  remember('token', token);
  open(token);
}

function open(token) {
  link?.close();
  orders.clear();
  say('');
  confirmedAt = null;
  refused = 0;
  driverId = localStorage.getItem('ontheway.driver');
  $('pair').hidden = true;
  $('page').hidden = false;
  link = new DriverLink(token, { outbox: driverId && new Outbox(driverId), onState, onMessage });
  link.connect();
  if (driverId && localStorage.getItem('ontheway.recording')) recorder.start();
  render();
}

function showPairing(why) {
  $('page').hidden = true;
  $('pair').hidden = false;
  if (why) put($('pair-why'), why);
  put($('pair-error'), '');
  $('pair-link').value = '';
}

function forget() {
  const waiting = unsent();
  const loss = waiting ? ` ${plural(waiting, 'message')} not yet sent will be lost.` : '';
  if (!confirm(`Disconnect this phone from driver ${driverId ?? ''}?${loss}`)) return;
  setRecording(false);
  link.outbox?.clear();
  link.close();
  remember('token', null);
  remember('driver', null);
  showPairing('This phone is disconnected. To drive again, open your driver link or paste it here.');
}

function remember(name, value) {
  if (value) localStorage.setItem(`ontheway.${name}`, value);
  else localStorage.removeItem(`ontheway.${name}`);
}

function unsent() {
  return link.outbox?.all.length ?? 0;
}

// ------------------------------------------------------------------ what the server says

function onState({ kind, code }) {
  if (kind === 'ended' && code) {
    setRecording(false);
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
  if (message.driverId !== driverId) {
    driverId = message.driverId;
    link.outbox = new Outbox(driverId);
    remember('driver', driverId);
  }
  onDuty = message.onDuty;
  if (!onDuty) setRecording(false);
  orders.replace(message.orders);
}

function acknowledged(settled) {
  confirmedAt = Date.now();
  for (const message of settled) {
    if (message.type === 'duty') onDuty = message.on;
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
  if (!on) setRecording(false);
  say(on ? 'The staff put you on duty.' : 'The staff ended your duty.');
}

// ------------------------------------------------------------------ what the driver does

function setRecording(on) {
  if (on) recorder.start();
  else recorder.stop();
  remember('recording', recorder.running);
  link?.flush(true);
  render();
}

function toggleDuty() {
  const on = !onDuty;
  if (!on) setRecording(false);
  link.send({ type: 'duty', id: newId(), on });
  render();
}

// ------------------------------------------------------------------ what the page shows

function render() {
  if (!link || $('page').hidden) return;
  const { kind } = link.state;
  const recording = recorder.running;
  const duty = link.outbox?.all.findLast((message) => message.type === 'duty');
  const [words, countdown] = linkWords(link.state);
  put($('link-words'), words);
  put($('link-count'), countdown);
  $('lamp').className = `drive-lamp ${kind}`;
  const [state, hint] = situation({ kind, duty, onDuty, recording, fix: recorder.fix });
  put($('state'), state);
  put($('hint'), hint);
  renderFacts();
  $('no-orders').hidden = orders.size > 0;
  orders.render(recording);
  $('again').hidden = kind !== 'ended';
  const mayRecord = driverId && onDuty && !duty;
  renderButton($('record'), recording ? 'Stop recording' : 'Start recording', recording || mayRecord, !recording && onDuty);
  renderButton($('duty'), onDuty ? 'Go off duty' : 'Go on duty', driverId && !duty, !onDuty);
}

function renderButton(button, words, usable, primary) {
  put(button, words);
  button.hidden = link.state.kind === 'ended';
  // Not `disabled`: that would take the focus away from who works with a keyboard.
  button.setAttribute('aria-disabled', String(!usable));
  button.classList.toggle('btn-primary', Boolean(primary));
}

function renderFacts() {
  const { fix } = recorder;
  const { outbox } = link;
  const waiting = outbox?.points.length ?? 0;
  put($('age'), fix ? ago(Date.parse(fix.recordedAt)) : 'None yet');
  put($('accuracy'), fix?.accuracy == null ? 'Unknown' : `± ${Math.round(fix.accuracy)} m`);
  put($('speed'), fix?.speed == null ? 'Unknown' : `${Math.round(fix.speed * 3.6)} km/h`);
  put($('waiting'), waiting ? plural(waiting, 'position') : 'Nothing');
  put($('confirmed'), confirmedAt ? ago(confirmedAt) : 'Not yet');
  put($('refused'), refused ? String(refused) : 'None');
  put($('driver'), driverId ? `Driver ${driverId}` : '');
  const warnings = [signal];
  if (outbox?.dropped) warnings.push(`This phone can keep no more: its ${plural(outbox.dropped, 'oldest position')} had to go.`);
  if (outbox?.storageFull) warnings.push('This phone’s storage is full. Keep this page open until all is sent.');
  put($('warning'), warnings.join(' ').trim());
}

function say(words) {
  put($('problem'), words);
}

function onPress(button, act) {
  button.addEventListener('click', () => { if (button.getAttribute('aria-disabled') !== 'true') act(); });
}

$('pair-form').addEventListener('submit', (event) => {
  event.preventDefault();
  pair($('pair-link').value);
});
$('forget').addEventListener('click', forget);
$('again').addEventListener('click', () => link.connect());
onPress($('duty'), toggleDuty);
onPress($('record'), () => {
  say('');
  setRecording(!recorder.running);
});
addEventListener('hashchange', begin);
addEventListener('online', () => { if (link?.state.kind === 'waiting') link.connect(); });
setInterval(() => { link?.tick(); render(); }, 1000);
begin();
