// Where a person writes: the text field, the command list, the reply keyboard, the start and unblock buttons.

import { attachments, sendFiles, shareLocation, shareOwnContact } from "./attach.js";
import { menu } from "./dialogs.js";
import { el, icon, iconButton } from "./dom.js";
import { replyKeyboard } from "./keyboards.js";
import { word } from "./words.js";

const LONGEST = 4096; // characters in one message, as Telegram allows
const TALLEST = 120; // pixels of the text field

export class Composer {
  #commands = [];
  #active = -1;
  #keyboard = null;
  #keyboardMark = "";
  #editing = null;

  constructor(phone) {
    this.phone = phone;
    const writing = { rows: "1", maxlength: LONGEST, autocomplete: "off", enterkeyhint: "send", "aria-autocomplete": "list" };
    this.field = el("textarea", { test: "composer", label: "write.message", ...writing });
    this.slash = el("button", { type: "button", class: "icon-button slash", test: "commands", label: "write.commands", "aria-expanded": "false" }, "/");
    this.slash.addEventListener("click", () => this.#toggleCommands());
    this.keys = iconButton("keys", "write.keys", () => this.#openKeyboard(this.keyboard.hidden), { test: "keyboard-toggle", hidden: true });
    const attach = () => menu(phone.screen, this.clip, attachments(phone));
    this.clip = iconButton("clip", "write.attach", attach, { test: "attach", "aria-haspopup": "menu" });
    this.sendButton = iconButton("send", "write.send", () => this.#send(), { test: "send", class: "icon-button send" });
    this.list = el("div", { class: "commands", id: `commands-${phone.person.id}`, role: "listbox", label: "write.commands", hidden: true });
    this.field.setAttribute("aria-controls", this.list.id);
    this.editBar = el("div", { class: "edit-bar", hidden: true }, icon("edit"), el("span", { word: "write.editing" }));
    this.editBar.append(iconButton("close", "write.stop", () => this.#stopEditing(), { test: "stop-editing" }));
    this.row = el("div", { class: "compose" }, this.slash, el("div", { class: "compose-field" }, this.field, this.keys, this.clip), this.sendButton);
    this.big = el("button", { type: "button", class: "big", on: { click: () => this.phone.begin() } });
    this.gone = el("p", { class: "gone", word: "chat.gone" });
    this.keyboard = el("div", { class: "reply-keyboard", role: "group", label: "write.keyboard", test: "reply-keyboard", hidden: true });
    this.node = el("footer", { class: "desk", test: "desk" }, this.list, this.editBar, this.row, this.big, this.gone, this.keyboard);
    this.#listen();
    this.show("");
  }

  /** What the desk offers now: "write", "start", "blocked", "gone", or nothing before the chat was read. */
  show(mode) {
    if (this.mode === mode) return;
    this.mode = mode;
    if (mode) this.node.dataset.mode = mode;
    this.row.hidden = mode !== "write";
    this.gone.hidden = mode !== "gone";
    this.big.hidden = !["start", "blocked"].includes(mode);
    this.big.dataset.testid = mode === "blocked" ? "unblock" : "start";
    word(this.big, mode === "blocked" ? "chat.restart" : "chat.start");
    if (mode !== "write") this.#openKeyboard(false);
    else this.#openKeyboard(Boolean(this.#keyboard?.keyboard));
  }

  /** Takes over the commands and the reply keyboard of the chat. `again`: the bot has just spoken. */
  update(chat, again) {
    this.#commands = chat.commands ?? [];
    this.slash.hidden = !this.#commands.length;
    this.#takeKeyboard(chat.keyboard, again);
  }

  /** Begins to change one's own message. */
  edit(message) {
    this.#editing = message.message_id;
    this.editBar.hidden = false;
    this.#write(message.text ?? "");
    this.field.focus();
  }

  #listen() {
    this.field.addEventListener("input", () => this.#typed());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      sendFiles(this.phone, [...event.clipboardData.files]);
    });
    this.list.addEventListener("keydown", (event) => this.#key(event));
    this.node.addEventListener("focusout", (event) => {
      if (!this.node.contains(event.relatedTarget)) this.#closeCommands();
    });
  }

  async #send() {
    const text = this.field.value.trim();
    if (!text) return this.field.focus();
    const editing = this.#editing;
    this.#stopEditing();
    this.#closeCommands();
    const wire = this.phone.wire;
    const done = await this.phone.post(() => (editing === null ? wire.text(text) : wire.edit(editing, text)));
    if (!done && !this.field.value) this.#write(text);
    return done;
  }

  #write(text) {
    this.field.value = text;
    this.#fit();
  }

  #typed() {
    this.#fit();
    const typed = this.field.value;
    const asksCommand = /^\/\w*$/.test(typed) && this.#editing === null;
    this.#offer(asksCommand ? this.#commands.filter(({ command }) => `/${command}`.startsWith(typed)) : []);
  }

  #fit() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, TALLEST)}px`;
    this.node.classList.toggle("writing", this.field.value.trim() !== "");
  }

  #stopEditing() {
    this.#editing = null;
    this.editBar.hidden = true;
    this.#write("");
  }

  #toggleCommands() {
    if (!this.list.hidden) return this.#closeCommands();
    this.#offer(this.#commands);
    return this.list.firstChild?.focus();
  }

  #offer(commands) {
    this.#active = -1;
    this.field.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(...commands.map((each) => this.#commandRow(each)));
    this.list.hidden = !commands.length;
    this.slash.setAttribute("aria-expanded", String(!this.list.hidden));
  }

  #commandRow({ command, description }) {
    const press = () => {
      this.#closeCommands();
      if (this.field.value.startsWith("/")) this.#write("");
      this.phone.say(`/${command}`);
    };
    const id = `command-${this.phone.person.id}-${command}`;
    const props = { type: "button", id, role: "option", tabindex: "-1", test: "menu-command", "data-command": command, on: { click: press } };
    return el("button", props, el("b", {}, `/${command}`), el("span", {}, description));
  }

  #closeCommands() {
    this.#offer([]);
  }

  #key(event) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const rows = [...this.list.children];
    if (rows.length && step) this.#mark(rows, (Math.max(this.#active, step < 0 ? 0 : -1) + step + rows.length) % rows.length);
    else if (rows.length && event.key === "Escape") this.#leaveCommands();
    else if (event.target !== this.field) return;
    else if (event.key === "Enter" && !event.shiftKey) rows[this.#active] ? rows[this.#active].click() : this.#send();
    else if (event.key === "Escape" && this.#editing !== null) this.#stopEditing();
    else return;
    event.preventDefault();
  }

  #mark(rows, at) {
    this.#active = at;
    this.field.setAttribute("aria-activedescendant", rows[at].id);
    rows.forEach((row, place) => row.setAttribute("aria-selected", String(place === at)));
    rows[at].scrollIntoView({ block: "nearest" });
    if (document.activeElement !== this.field) rows[at].focus();
  }

  #leaveCommands() {
    this.#closeCommands();
    this.field.focus();
  }

  #takeKeyboard(markup, again) {
    const mark = JSON.stringify(markup ?? null);
    const holder = this.node.contains(document.activeElement) ? document.activeElement : null;
    this.field.placeholder = markup?.input_field_placeholder ?? this.phone.placeholder;
    if (mark !== this.#keyboardMark) {
      this.#keyboardMark = mark;
      this.#keyboard = markup;
      this.keyboard.replaceChildren(...replyKeyboard(markup, (button) => this.#press(button)));
      this.keyboard.classList.toggle("tall", Boolean(markup?.keyboard) && !markup.resize_keyboard);
      this.keys.hidden = !markup?.keyboard || Boolean(markup.is_persistent);
      this.#openKeyboard(Boolean(markup?.keyboard));
    } else if (again && markup?.keyboard) this.#openKeyboard(true);
    if (markup?.force_reply && this.phone.node.contains(document.activeElement)) this.field.focus();
    if (holder && !holder.isConnected) (this.keyboard.querySelector("button") ?? this.field).focus({ preventScroll: true });
  }

  #openKeyboard(open) {
    this.keyboard.hidden = !open || this.mode !== "write";
    this.keys.setAttribute("aria-pressed", String(!this.keyboard.hidden));
  }

  #press(button) {
    if (button.request_contact) shareOwnContact(this.phone);
    else if (button.request_location) shareLocation(this.phone);
    else this.phone.say(button.text);
  }
}
