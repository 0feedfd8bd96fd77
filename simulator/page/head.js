// The head of a phone: the bot's name, what it is doing, and the menu of the conversation.

import { ask, form, menu } from "./dialogs.js";
import { el, iconButton, initials } from "./dom.js";

const TYPING_MS = 5000;

export class Head {
  #typingEnds = null;

  constructor(phone) {
    this.phone = phone;
    this.face = el("span", { class: "avatar", "aria-hidden": "true" });
    this.name = el("b", { class: "bot-name" });
    this.status = el("span", { class: "status", role: "status" });
    const button = iconButton("more", "chat.menu", () => menu(phone.screen, button, this.#items()), { test: "phone-menu", "aria-haspopup": "menu" });
    this.node = el("header", { class: "head" }, this.face, el("div", { class: "head-words" }, this.name, this.status), button);
  }

  /** Shows the bot's name and the state of the conversation. */
  show() {
    this.name.textContent = this.phone.botName;
    this.face.textContent = initials(this.phone.botName);
    this.#showStatus();
  }

  /** The bot is typing, for some seconds or until it has spoken. */
  typing(begins) {
    clearTimeout(this.#typingEnds);
    this.#typingEnds = begins ? setTimeout(() => this.typing(false), TYPING_MS) : null;
    this.#showStatus();
  }

  #showStatus() {
    const typing = this.#typingEnds !== null;
    const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
    const words = el("span", { word: typing ? "chat.typing" : this.phone.person.blocked ? "chat.blocked" : "chat.bot" });
    const owner = el("span", { class: "owner", word: ["chat.owner", { name: this.phone.fullName }] });
    this.status.replaceChildren(words, typing ? dots : owner);
    this.status.dataset.typing = String(typing);
  }

  #items() {
    const { blocked, left } = this.phone.person;
    if (left) return [{ icon: "bin", word: "chat.gone", act: () => {} }];
    return [
      !blocked && { icon: "link", word: "menu.start", test: "menu-start", act: () => this.#startWithCode() },
      { icon: "people", word: "menu.group", test: "menu-group", act: () => this.#writeInGroup() },
      blocked
        ? { icon: "check", word: "menu.unblock", test: "menu-unblock", act: () => this.phone.setBlocked(false) }
        : { icon: "block", word: "menu.block", test: "menu-block", danger: true, act: () => this.#block() },
      { icon: "bin", word: "menu.leave", test: "menu-leave", danger: true, act: () => this.#leave() },
    ];
  }

  async #startWithCode() {
    const field = { name: "code", word: "menu.payload", required: true, maxlength: 64, pattern: "[A-Za-z0-9_\\-]+" };
    const answer = await form(this.phone.screen, { title: "menu.start", yes: "chat.start", fields: [field] });
    if (answer) this.phone.say(`/start ${answer.code}`);
  }

  async #writeInGroup() {
    const field = { name: "text", word: "menu.grouptext", required: true, maxlength: 4096 };
    const answer = await form(this.phone.screen, { title: "menu.group", yes: "write.send", fields: [field] });
    if (answer) this.phone.post(() => this.phone.wire.group(answer.text));
  }

  async #block() {
    const sure = await ask(this.phone.screen, { title: "menu.block", text: "menu.blockask", yes: "menu.block", danger: true });
    if (sure) this.phone.setBlocked(true);
  }

  async #leave() {
    const text = ["menu.leaveask", { name: this.phone.fullName }];
    const sure = await ask(this.phone.screen, { title: "menu.leave", text, yes: "menu.leave.yes", danger: true });
    if (sure) this.phone.leave();
  }
}
