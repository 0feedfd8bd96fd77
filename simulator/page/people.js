// Who is on the page: the tabs of a small screen, and the form that adds a person.

import { form, notice } from "./dialogs.js";
import { el, initials } from "./dom.js";
import * as server from "./server.js";

const LANGUAGES = [
  ["id", "Indonesia (id)"],
  ["jv", "Jawa (jv)"],
  ["su", "Sunda (su)"],
  ["en", "English (en)"],
];

/** The tabs of a small screen: one phone fills it, a swipe or a tab brings the next. */
export class Tabs {
  #tabs = new Map(); // phone -> {node, badge, news}

  constructor(place, shelf) {
    this.node = el("nav", { class: "tabs", label: "page.people" });
    place.append(this.node);
    this.watch = new IntersectionObserver((seen) => this.#seen(seen), { root: shelf, threshold: 0.6 });
  }

  /** Adds a phone at the end. */
  add(phone) {
    const badge = el("span", { class: "badge", hidden: true });
    const face = el("span", { class: "avatar", "aria-hidden": "true" }, initials(phone.fullName));
    const [looks, test] = [phone.node.className, phone.node.dataset.testid].map((name) => name.replace("phone", "tab"));
    const node = el("button", { type: "button", class: looks, test, on: { click: () => this.show(phone) } });
    node.append(face, el("span", { class: "tab-words" }, phone.person.label || phone.person.first_name), badge);
    this.#tabs.set(phone, { node, badge, news: 0 });
    this.node.append(node);
    this.watch.observe(phone.node);
  }

  /** Takes a phone away. */
  remove(phone) {
    this.watch.unobserve(phone.node);
    this.#tabs.get(phone)?.node.remove();
    this.#tabs.delete(phone);
  }

  /** Brings a phone into view. */
  show(phone) {
    const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    phone.node.scrollIntoView({ behavior: smooth ? "smooth" : "instant", inline: "center", block: "nearest" });
  }

  /** Counts messages on a phone that is out of sight. */
  news(phone, count) {
    const tab = this.#tabs.get(phone);
    if (!tab || tab.seen) return;
    tab.news += count;
    tab.badge.textContent = tab.news;
    tab.badge.hidden = false;
  }

  #seen(entries) {
    for (const { target, isIntersecting } of entries) {
      const [, tab] = [...this.#tabs].find(([phone]) => phone.node === target) ?? [];
      if (!tab) continue;
      tab.seen = isIntersecting;
      if (isIntersecting) [tab.news, tab.badge.hidden] = [0, true];
      tab.node.setAttribute("aria-current", String(isIntersecting));
    }
  }
}

/** Asks for a new person and adds them; resolves to the person, or null. */
export async function addPerson() {
  const answer = await form(document.body, {
    title: "people.add",
    fields: [
      { name: "first_name", word: "people.first", required: true, maxlength: 64 },
      { name: "last_name", word: "people.last", maxlength: 64 },
      { name: "label", word: "people.label", maxlength: 32 },
      { name: "language_code", word: "people.language", options: LANGUAGES },
    ],
  });
  if (!answer) return null;
  try {
    return await server.addPerson(Object.fromEntries(Object.entries(answer).filter(([, value]) => value.trim())));
  } catch (refusal) {
    if (!(refusal instanceof server.Refusal)) throw refusal;
    notice(document.body, refusal.spoken, true);
    return null;
  }
}
