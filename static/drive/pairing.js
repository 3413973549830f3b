/** What the page shows until this phone is a driver's: why, and where to paste the link. */
import { put } from './words.js';

const TOKEN = /^[A-Za-z0-9_-]{20,256}$/;
// A name without an authority: an address, or a name of the local network.
const OWN_CERTIFICATE = /^https:\/\/(\d+(\.\d+){3}|\[|[^/]*\.local\b)/;

const $ = (id) => document.getElementById(id);

/** The token in a driver link, or alone; null where there is none. */
export function tokenIn(text) {
  const token = text.trim().split('#').pop();
  return TOKEN.test(token) ? token : null;
}

/** Ask for the link; `why`: what this phone was told before, or undefined. */
export function showPairing(why) {
  $('page').hidden = true;
  $('pair').hidden = false;
  $('pair-warned').hidden = !OWN_CERTIFICATE.test(location.href);
  if (why) put($('pair-why'), why);
  put($('pair-error'), '');
  $('pair-link').value = '';
}

export function hidePairing() {
  $('pair').hidden = true;
  $('page').hidden = false;
}

/** What was pasted is no link. */
export function complainOfLink() {
  showPairing();
  put($('pair-error'), 'That does not look like a driver link. Copy all of it, also what follows the #.');
}

export function onPasted(act) {
  $('pair-form').addEventListener('submit', (event) => {
    event.preventDefault();
    act($('pair-link').value);
  });
}
