/** The upper part of the driver's page, and its buttons: what is so, in words and looks. */
import { ago, linkWords, plural, put, situation } from './words.js';

const $ = (id) => document.getElementById(id);

/**
 * Show what is so. `duty`: the change of duty that the server has not confirmed, or undefined;
 * `storageFull`: whether it could not keep some of what waits; `lasting`: whether it keeps anything.
 */
export function showDriving(now) {
  const { link, recording, duty, onDuty } = now;
  const { running, elsewhere, fix, signal } = recording;
  const { kind } = link.state;
  const [words, countdown] = linkWords(link.state);
  put($('link-words'), words);
  put($('link-count'), countdown);
  $('lamp').className = `drive-lamp ${kind}`;
  const [look, state, hint] = situation({ kind, duty, onDuty, recording: running, elsewhere, fix, signal });
  $('now').dataset.look = look;
  put($('state'), state);
  put($('hint'), hint);
  showFacts(now);
  const ended = kind === 'ended';
  const ready = Boolean(link.outbox) && !duty;
  $('again').hidden = !ended;
  put($('record'), elsewhere ? 'Record here' : 'Start recording');
  showButton($('record'), ready, ended || !onDuty || running);
  showButton($('start'), ready, ended || onDuty);
  showButton($('end'), ready, ended || !onDuty);
}

function showButton(button, usable, hidden) {
  button.hidden = hidden;
  // Not `disabled`: that would take the focus away from who works with a keyboard.
  button.setAttribute('aria-disabled', String(!usable));
}

function showFacts({ link, recording, confirmedAt, refused, driver, storageFull, lasting }) {
  const { fix, signal } = recording;
  const { outbox } = link;
  const waiting = outbox?.points ?? 0;
  put($('age'), fix ? ago(Date.parse(fix.recordedAt)) : 'None yet');
  put($('accuracy'), fix?.accuracy == null ? '' : `± ${Math.round(fix.accuracy)} m`);
  put($('waiting'), waiting ? plural(waiting, 'position') : 'Nothing');
  put($('confirmed'), confirmedAt ? ago(confirmedAt) : 'Not yet');
  put($('driver'), driver ? `Driver ${driver}` : '');
  const warnings = [signal];
  if (refused) warnings.push(`The server did not take ${plural(refused, 'message')}.`);
  if (outbox?.dropped) warnings.push(`This phone can keep no more: its ${plural(outbox.dropped, 'oldest position')} had to go.`);
  if (storageFull) warnings.push('This phone’s storage is full. Keep this page open until all is sent.');
  if (!lasting) warnings.push('This browser keeps nothing, perhaps as its window is private. Keep this page open until all is sent.');
  put($('warning'), warnings.join(' ').trim());
}
