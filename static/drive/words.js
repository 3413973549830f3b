/** What the driver's page says, and how it says times and counts. Knows no state. */

const STATUS = {
  pending: 'Waiting', assigned: 'Assigned', picked_up: 'Picked up', in_transit: 'On the way',
  arriving: 'Almost there', delivered: 'Delivered', failed: 'Not delivered',
  cancelled: 'Cancelled', returned: 'Returned',
};
const REASONS = {
  off_duty: 'you were off duty then.',
  unknown_order: 'this order is not yours any more.',
  invalid_coordinates: 'the phone named no place on earth.',
};
const ENDED = {
  4501: 'This link is not valid.', 4503: 'This link was replaced or ended.',
  4504: 'This link has expired.', 4512: 'Opened in another place.',
};

const CUT = {
  4009: 'The business ended this connection.',
  4029: 'The server takes nothing from here for a while.',
};

export function statusWords(status) {
  return STATUS[status] ?? status;
}

/** Why the server refused something, to follow a colon. */
export function reasonWords({ code, message }) {
  return REASONS[code] ?? message;
}

/** Why a connection ended for good; `waiting`: how many messages were not sent. */
export function endedWords(code, waiting) {
  const why = ENDED[code] ?? `The server ended this connection (${code}).`;
  const kept = waiting ? ` ${plural(waiting, 'message')} not yet sent: kept for your next link.` : '';
  return `${why} Ask for a new driver link, then open it or paste it here.${kept}`;
}

/** The state of the connection in words, and what may change every second. */
export function linkWords({ kind, until, code }) {
  if (kind === 'open') return ['Connected', ''];
  if (kind === 'connecting') return ['Connecting', ''];
  if (kind === 'ended') return [ENDED[code] ?? '', ''];
  const seconds = Math.max(1, Math.ceil((until - Date.now()) / 1000));
  return [CUT[code] ?? 'No connection.', ` Trying again in ${seconds} s`];
}

/** What the page is doing: a key for its look, the headline, and the sentence below it. */
export function situation({ kind, duty, onDuty, recording, elsewhere, fix, signal }) {
  if (kind === 'ended') return ['bad', 'Not connected', 'This driver is open on three newer pages or apps. To drive with this phone, press Use it here.'];
  if (duty) return ['wait', duty.on ? 'Going on duty' : 'Going off duty', 'Waiting for the server to confirm it.'];
  if (!onDuty) return ['off', 'Off duty', 'Nothing is recorded until you start your duty.'];
  if (elsewhere) return ['wait', 'Another tab records', 'This page is open a second time on this phone. Close the other one and this one goes on, or press Record here.'];
  if (!recording) return ['off', 'Not recording', 'Press Start recording when you set off. Until then nothing is sent.'];
  if (signal) return ['wait', 'No position', 'Recording goes on as soon as the phone finds one.'];
  if (kind !== 'open') return ['wait', 'Recording', 'Your positions are kept here and sent when the connection is back.'];
  if (!fix) return ['wait', 'Finding your position', 'This takes a moment, longer indoors.'];
  return ['good', 'Recording', 'Keep this page in front: a phone stops recording when its screen goes off.'];
}

/** The age of a moment, milliseconds since the epoch. */
export function ago(then) {
  const seconds = Math.max(0, Math.round((Date.now() - then) / 1000));
  if (seconds < 2) return 'Now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return `${Math.floor(seconds / 3600)} h ago`;
}

export function plural(count, word) {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** Put text into an element, only where it changed: screen readers announce every write. */
export function put(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
