/** Asks for proof of delivery: a photo, a signature drawn with a finger, or the customer's code. */
import { smaller } from './proof.js';

const INK = '#111827'; // the picture is kept as dark on white, whatever the page looks like
const PAPER = '#ffffff';
const WIDTH = 3; // of a stroke, in pixels of the page

export class ProofDialogs {
  #onProof;
  #onUnreadable;
  #orderId = null;
  #file;
  #code;
  #pad;

  /** `onProof(orderId, kind, content)`; `onUnreadable()`: the file is no picture. */
  constructor({ file, code, signature, onProof, onUnreadable }) {
    this.#onProof = onProof;
    this.#onUnreadable = onUnreadable;
    this.#file = file;
    this.#code = code;
    this.#pad = new SignaturePad(signature, (blob) => onProof(this.#orderId, 'signature', { blob }));
    file.addEventListener('change', () => this.#photographed());
    code.querySelector('.cancel').addEventListener('click', () => code.close());
    code.querySelector('form').addEventListener('submit', (event) => {
      event.preventDefault();
      code.close();
      onProof(this.#orderId, 'code', { code: code.querySelector('input').value });
    });
  }

  ask(orderId, kind) {
    this.#orderId = orderId;
    if (kind === 'photo') {
      this.#file.value = '';
      this.#file.click();
    } else if (kind === 'signature') {
      this.#pad.open();
    } else {
      this.#code.querySelector('form').reset();
      this.#code.showModal();
    }
  }

  async #photographed() {
    const [file] = this.#file.files;
    if (!file) return;
    const orderId = this.#orderId;
    const blob = await smaller(file).catch(() => null);
    if (blob) this.#onProof(orderId, 'photo', { blob });
    else this.#onUnreadable();
  }
}

class SignaturePad {
  #dialog;
  #canvas;
  #pen;
  #last = null;
  #drawn = false;

  constructor(dialog, onSigned) {
    this.#dialog = dialog;
    this.#canvas = dialog.querySelector('canvas');
    const on = (type, act) => this.#canvas.addEventListener(type, act);
    on('pointerdown', (event) => this.#begin(event));
    on('pointermove', (event) => this.#draw(event));
    for (const type of ['pointerup', 'pointercancel']) on(type, () => { this.#last = null; });
    dialog.querySelector('.cancel').addEventListener('click', () => dialog.close());
    dialog.querySelector('.clear').addEventListener('click', () => this.#clear());
    dialog.querySelector('form').addEventListener('submit', (event) => {
      event.preventDefault();
      if (!this.#drawn) return;
      this.#canvas.toBlob((blob) => { dialog.close(); onSigned(blob); }, 'image/png');
    });
  }

  open() {
    this.#dialog.showModal();
    const { width, height } = this.#canvas.getBoundingClientRect();
    const scale = Math.min(window.devicePixelRatio, 2);
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
    this.#pen = this.#canvas.getContext('2d');
    this.#pen.scale(scale, scale);
    Object.assign(this.#pen, { lineWidth: WIDTH, lineCap: 'round', lineJoin: 'round', strokeStyle: INK });
    this.#clear();
  }

  #clear() {
    this.#pen.fillStyle = PAPER;
    this.#pen.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#changed(false);
  }

  #begin(event) {
    this.#canvas.setPointerCapture(event.pointerId);
    this.#last = [event.offsetX, event.offsetY];
    this.#draw(event);
  }

  #draw(event) {
    if (!this.#last) return;
    this.#pen.beginPath();
    this.#pen.moveTo(...this.#last);
    this.#last = [event.offsetX, event.offsetY];
    this.#pen.lineTo(...this.#last);
    this.#pen.stroke();
    this.#changed(true);
  }

  #changed(drawn) {
    this.#drawn = drawn;
    this.#dialog.querySelector('[type=submit]').setAttribute('aria-disabled', String(!drawn));
  }
}
