/** Asks why an order could not be delivered. */
export class FailedDialog {
  #dialog;
  #orderId = null;

  /** `onReason(orderId, words)`: the driver chose a reason. */
  constructor(dialog, onReason) {
    this.#dialog = dialog;
    const more = dialog.querySelector('textarea');
    dialog.querySelector('.cancel').addEventListener('click', () => dialog.close());
    dialog.querySelector('form').addEventListener('submit', (event) => {
      event.preventDefault();
      const chosen = new FormData(event.target).get('reason');
      const words = [chosen, more.value.trim()].filter(Boolean).join(': ');
      dialog.close();
      onReason(this.#orderId, words);
    });
    // What is not in the list has to be said.
    dialog.addEventListener('change', () => { more.required = dialog.querySelector('[value=""]').checked; });
  }

  ask(orderId) {
    this.#orderId = orderId;
    const form = this.#dialog.querySelector('form');
    form.reset();
    form.querySelector('textarea').required = false;
    this.#dialog.querySelector('.order').textContent = orderId;
    this.#dialog.showModal();
  }
}
