// Taps on inline buttons: the button spins until the bot has answered, then the answer is shown.

import { alert, notice } from "./dialogs.js";
import { callbackAnswer } from "./server.js";

const ASK_AGAIN_MS = [0, 400, 800, 1500, 3000, 6000, 12000, 24000]; // should the event of the answer be missed

export class Taps {
  #waiting = new Map(); // callback_query_id -> button

  constructor(phone) {
    this.phone = phone;
  }

  /** Taps a button of a message. */
  async tap(message, button, node) {
    if (node.getAttribute("aria-busy") === "true") return;
    node.setAttribute("aria-busy", "true");
    const tapped = await this.phone.post(() => this.phone.wire.tap(message.message_id, button.callback_data));
    if (!tapped) return node.removeAttribute("aria-busy");
    this.#waiting.set(tapped.callback_query_id, node);
    return this.#await(tapped.callback_query_id);
  }

  /** Shows the answer to a tap of this phone, once. */
  settle(id, { text, show_alert: isAlert }) {
    const node = this.#waiting.get(id);
    if (!node) return;
    this.#waiting.delete(id);
    node.removeAttribute("aria-busy");
    if (text && isAlert) alert(this.phone.screen, text);
    else if (text) notice(this.phone.screen, { text });
  }

  async #await(id) {
    for (const pause of ASK_AGAIN_MS) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (!this.#waiting.has(id)) return;
      const answer = await callbackAnswer(id).catch(() => ({ answered: true }));
      if (answer.answered) return this.settle(id, answer);
    }
    this.settle(id, {});
  }
}
