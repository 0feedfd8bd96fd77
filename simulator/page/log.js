// The list of messages of one phone: keeps its nodes in step with the chat, and sticks to the newest message.

import { bubble } from "./bubble.js";
import { el, icon } from "./dom.js";
import { dayOf, dayText, moment } from "./time.js";

const NEAR_BOTTOM = 60; // pixels

export class Log {
  #drawn = new Map(); // message_id -> {mark, node}
  #days = new Map(); // day -> separator
  #sticks = true;
  #unseen = 0;
  #top = 0;
  #first = true;

  /** `act` is handed to the bubbles; `names` are those of the bot and the person. */
  constructor(act) {
    this.act = act;
    this.list = el("div", { class: "list" });
    this.node = el("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0" }, this.list);
    this.count = el("span", { class: "count" });
    this.jump = el("button", { type: "button", class: "icon-button jump", label: "chat.newer", hidden: true, on: { click: () => this.toBottom() } });
    this.jump.append(icon("down"), this.count);
    this.frame = el("div", { class: "log-frame" }, this.node, this.jump);
    this.node.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const watch = new ResizeObserver(() => this.#sticks && this.#snap());
    watch.observe(this.node);
    watch.observe(this.list);
  }

  /** Draws the messages; returns those not seen before (none on the first drawing). */
  update(messages, names) {
    const fresh = this.#first ? [] : messages.filter((message) => !this.#drawn.has(message.message_id));
    const wanted = [];
    const kept = new Set();
    const days = new Set();
    messages.forEach((message, at) => {
      const day = dayOf(moment(message.date));
      if (!days.has(day)) wanted.push(this.#separator(day, message.date));
      days.add(day);
      kept.add(message.message_id);
      const node = this.#messageNode(message, names);
      const next = messages[at + 1];
      node.classList.toggle("last", !next || next.from !== message.from || dayOf(moment(next.date)) !== day);
      wanted.push(node);
    });
    this.#forget(kept, days);
    this.#place(wanted);
    this.#arrived(fresh);
    this.#first = false;
    return fresh;
  }

  /** Forgets every node, so that the next update draws anew (another language, another world). */
  clear() {
    this.#drawn.clear();
    this.#days.clear();
    this.list.replaceChildren();
    this.#first = true;
  }

  /** Scrolls to the newest message and stays there. */
  toBottom() {
    this.#sticks = true;
    this.#snap();
    this.#scrolled();
  }

  #messageNode(message, names) {
    const mark = JSON.stringify(message);
    const known = this.#drawn.get(message.message_id);
    if (known?.mark === mark) return known.node;
    const node = bubble(message, this.act, names);
    if (known) replaceKeepingFocus(known.node, node);
    else if (!this.#first) node.classList.add("arriving");
    this.#drawn.set(message.message_id, { mark, node });
    return node;
  }

  #separator(day, date) {
    if (!this.#days.has(day)) this.#days.set(day, el("div", { class: "day" }, el("span", {}, dayText(moment(date)))));
    return this.#days.get(day);
  }

  #forget(kept, days) {
    for (const id of this.#drawn.keys()) if (!kept.has(id)) this.#drawn.delete(id);
    for (const day of this.#days.keys()) if (!days.has(day)) this.#days.delete(day);
  }

  #place(wanted) {
    let at = this.list.firstChild;
    for (const node of wanted) {
      if (node === at) at = at.nextSibling;
      else this.list.insertBefore(node, at);
    }
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  }

  #arrived(fresh) {
    if (this.#sticks || fresh.some((message) => message.from === "person")) return this.toBottom();
    this.#unseen += fresh.length;
    this.#scrolled();
  }

  #snap() {
    this.node.scrollTop = this.node.scrollHeight;
  }

  // Only a person scrolling up lets go of the bottom; a keyboard that opens below must not.
  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.node;
    const near = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
    if (near || scrollTop < this.#top) this.#sticks = near;
    this.#top = scrollTop;
    if (this.#sticks) this.#unseen = 0;
    this.jump.hidden = this.#sticks;
    this.count.textContent = this.#unseen || "";
  }
}

// A bot often edits the very message whose button was just pressed: the keyboard user must not lose their place.
function replaceKeepingFocus(old, node) {
  const pressable = "button, a, [tabindex]";
  const at = [...old.querySelectorAll(pressable)].indexOf(document.activeElement);
  old.replaceWith(node);
  if (at < 0) return;
  const candidates = [...node.querySelectorAll(pressable)];
  (candidates[at] ?? candidates.at(-1) ?? node.closest(".log"))?.focus({ preventScroll: true });
}
