// One person's phone: its caption, head, log and desk, and everything those can do.

import { sendFiles } from "./attach.js";
import { Composer } from "./composer.js";
import { confetti } from "./confetti.js";
import { menu, notice } from "./dialogs.js";
import { el, icon, initials } from "./dom.js";
import { Head } from "./head.js";
import { follow } from "./links.js";
import { Log } from "./log.js";
import * as server from "./server.js";
import { Taps } from "./taps.js";
import { label, say } from "./words.js";

const TINTS = 6; // colours in page.css

export class Phone {
  #queue = Promise.resolve();
  #reading = false;
  #again = false;
  #drawnVersion = null;
  #chat = { messages: [], keyboard: null, commands: [], version: null };

  /** `onNews(phone, count)` is told how many messages of the bot arrived; `everybody()` are all phones there are. */
  constructor(person, index, bot, onNews, everybody) {
    this.person = person;
    this.bot = bot;
    this.onNews = onNews;
    this.everybody = everybody;
    this.wire = new server.Person(person.id);
    this.node = el("section", { class: `phone tint-${index % TINTS}`, test: `phone-${index}`, "data-person": person.id });
    this.screen = el("div", { class: "screen" });
    this.taps = new Taps(this);
    this.head = new Head(this);
    this.log = new Log(this.#acts());
    this.composer = new Composer(this);
    this.log.frame.append(this.#emptyCard());
    this.screen.append(this.#statusBar(), this.head.node, this.log.frame, this.composer.node);
    this.node.append(this.#caption(), this.screen);
    this.#takeDrops();
    this.#rename();
  }

  get fullName() {
    return [this.person.first_name, this.person.last_name].filter(Boolean).join(" ");
  }

  get botName() {
    return this.bot?.first_name || "Bot";
  }

  get placeholder() {
    return say("write.placeholder");
  }

  /** Takes over what the simulator knows of the person and the bot. */
  know(person, bot) {
    const changed = JSON.stringify([person, bot]) !== JSON.stringify([this.person, this.bot]);
    [this.person, this.bot] = [person, bot];
    if (changed) this.#rename();
  }

  /** Draws every message anew, in the language of the page. */
  redraw() {
    this.log.clear();
    this.#drawnVersion = null;
    this.#rename();
  }

  /** Shows the simulated time in the status bar. */
  showTime(text) {
    this.time.textContent = text;
  }

  /** Something happened in this chat. */
  hear(event) {
    if (event.type === "typing") return this.head.typing(true);
    if (event.type === "callback") return this.taps.settle(event.callback_query_id, event);
    return this.refresh();
  }

  /** Reads the chat from the simulator; calls that come while one is under way become one more. */
  async refresh() {
    this.#again = true;
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (this.#again) {
        this.#again = false;
        this.#chat = await this.wire.chat();
        this.#draw();
      }
    } catch (refusal) {
      this.#complain(refusal);
    } finally {
      this.#reading = false;
    }
  }

  /** Sends one thing after the other, in order; resolves to the answer, or null when it was refused. */
  post(send) {
    const turn = this.#queue.then(send).catch((refusal) => this.#complain(refusal));
    this.#queue = turn.then(() => this.refresh());
    return turn;
  }

  /** Sends a text as the person. */
  say(text) {
    return this.post(() => this.wire.text(text));
  }

  /** The big button of an empty or blocked chat. */
  begin() {
    return this.person.blocked ? this.setBlocked(false) : this.say("/start");
  }

  /** Blocks or unblocks the bot. */
  async setBlocked(blocked) {
    if (await this.post(() => (blocked ? this.wire.block() : this.wire.unblock()))) this.know({ ...this.person, blocked }, this.bot);
  }

  /** Deletes the person's account. */
  async leave() {
    if (await this.post(() => this.wire.leave())) this.know({ ...this.person, left: true }, this.bot);
  }

  #rename() {
    this.ownerName.textContent = this.fullName;
    this.ownerLabel.textContent = this.person.label ?? "";
    this.ownerLabel.hidden = !this.person.label;
    this.ownerFace.textContent = initials(this.fullName);
    label(this.node, ["chat.of", { name: [this.person.label, this.fullName].filter(Boolean).join(", ") }]);
    label(this.log.node, ["chat.log", { name: this.fullName, bot: this.botName }]);
    this.about.textContent = this.bot?.description || say("chat.empty");
    this.head.show();
    this.#draw();
  }

  #draw() {
    const { version, messages } = this.#chat;
    if (version === null) return null;
    this.composer.show(this.#mode());
    if (version === this.#drawnVersion) return this.composer.update(this.#chat, false);
    this.#drawnVersion = version;
    this.empty.hidden = messages.length > 0;
    const fresh = this.log.update(messages, { bot: this.botName, person: this.fullName });
    const news = fresh.filter((message) => message.from === "bot" && !message.deleted);
    this.composer.update(this.#chat, news.length > 0);
    return news.length ? this.#welcome(news) : null;
  }

  #mode() {
    if (this.person.left) return "gone";
    if (this.person.blocked) return "blocked";
    return this.#chat.messages.length ? "write" : "start";
  }

  #welcome(news) {
    this.head.typing(false);
    if (news.some((message) => message.effect)) confetti(this.screen);
    this.onNews(this, news.length);
  }

  #complain(refusal) {
    if (!(refusal instanceof server.Refusal)) throw refusal;
    notice(this.screen, refusal.spoken, true);
    return null;
  }

  // What the buttons in a message do.
  #acts() {
    return {
      phone: this.screen,
      tap: (message, button, node) => this.taps.tap(message, button, node),
      say: (text) => this.say(text),
      copy: (text) => this.#copy(text),
      follow: (url) => follow(this, url),
      unsupported: () => notice(this.screen, "message.unsupported"),
      options: (message, opener) => this.#options(message, opener),
      quoted: (id) => this.#chat.messages.find((message) => message.message_id === id),
    };
  }

  async #copy(text) {
    const done = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    notice(this.screen, done ? "message.copied" : "message.notcopied", !done);
  }

  #options(message, opener) {
    const own = message.from === "person" && (message.kind ?? "text") === "text" && !message.forward_origin;
    const free = !message.protected;
    const forward = () => this.post(() => this.wire.forward(message.message_id));
    menu(this.screen, opener, [
      own && { icon: "edit", word: "message.edit", test: "message-edit", act: () => this.composer.edit(message) },
      free && message.text && { icon: "copy", word: "message.copy", test: "message-copy", act: () => this.#copy(message.text) },
      free && { icon: "forward", word: "message.forward", test: "message-forward", act: forward },
      !free && { icon: "lock", word: "message.protected", act: () => {} },
    ]);
  }

  #caption() {
    this.ownerFace = el("span", { class: "avatar", "aria-hidden": "true" });
    this.ownerName = el("b");
    this.ownerLabel = el("span", { class: "role" });
    return el("header", { class: "caption" }, this.ownerFace, this.ownerName, this.ownerLabel);
  }

  #statusBar() {
    this.time = el("span");
    const signal = el("span", { class: "signal" }, el("i"), el("i"), el("i"));
    return el("div", { class: "status-bar", "aria-hidden": "true" }, this.time, el("span", { class: "pill" }), signal);
  }

  #emptyCard() {
    this.about = el("p", { test: "about" });
    this.empty = el("div", { class: "empty", hidden: true }, el("div", { class: "card" }, el("b", { word: "chat.what" }), this.about));
    return this.empty;
  }

  #takeDrops() {
    const hint = el("div", { class: "drop-hint", "aria-hidden": "true" }, icon("clip"), el("span", { word: "attach.drop" }));
    this.screen.append(hint);
    this.screen.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      this.screen.classList.add("dropping");
    });
    this.screen.addEventListener("dragleave", (event) => {
      if (!this.screen.contains(event.relatedTarget)) this.screen.classList.remove("dropping");
    });
    this.screen.addEventListener("drop", (event) => {
      event.preventDefault();
      this.screen.classList.remove("dropping");
      sendFiles(this, [...event.dataTransfer.files]);
    });
  }
}
