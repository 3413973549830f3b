/* What the replay says of itself: how far it has read, that there is nothing, what went wrong.
 *
 *   const notices = new Notices(root)
 *   notices.progress(share, words)   0 to 1; until done()
 *   notices.done()
 *   notices.empty(title, text)       in place of what would be shown; full() takes it away
 *   notices.full()
 *   notices.say(words, kind)         one sentence, until the next; "" takes it away
 */

import { write } from "../staff/staff.js";

export class Notices {
  constructor(root) {
    const part = (name) => root.querySelector(`[data-part=${name}]`);
    this.find = (selector) => root.querySelector(selector);
    this.loading = part("loading");
    this.nothing = part("empty");
    this.notice = part("notice");
  }

  progress(share, words) {
    this.loading.hidden = false;
    this.nothing.hidden = true;
    this.find("progress").value = Math.max(0, Math.min(1, share));
    write(this.find("[data-loaded]"), words);
  }

  done() {
    this.loading.hidden = true;
  }

  empty(title, text) {
    write(this.find("[data-empty-title]"), title);
    write(this.find("[data-empty-text]"), text);
    this.nothing.hidden = false;
  }

  full() {
    this.nothing.hidden = true;
  }

  say(words, kind = "") {
    this.notice.className = `notice ${kind}`;
    this.notice.hidden = words === "";
    write(this.notice, words);
  }
}
