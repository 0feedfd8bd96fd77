// Questions, alerts, small forms, menus and short notices. Each belongs to one place: a phone, or the page.

import { el, icon, iconButton } from "./dom.js";
import { word } from "./words.js";

const NOTICE_MS = 4500;

/** Asks yes or no inside a place; resolves to true or false. */
export function ask(place, { title, text, yes = "ok", danger = false }) {
  return dialog(place, { title, role: "alertdialog", yes, danger, body: [text && said("p", text)] }).then((answer) => answer !== null);
}

/** Shows text that has to be acknowledged, as an alert a bot sends does. */
export function alert(place, text) {
  return dialog(place, { role: "alertdialog", test: "alert", no: null, body: [el("p", { class: "alert-text" }, text)] });
}

/** A small form of labelled fields; resolves to {name: value} or null. */
export function form(place, { title, text, fields, yes = "ok", extra = [] }) {
  const rows = fields.map(({ name, word: named, options, ...props }) => {
    const choices = options?.map(([value, words]) => el("option", { value }, words));
    const field = choices ? el("select", { name, ...props }, choices) : el("input", { name, autocomplete: "off", ...props });
    return el("label", { class: "field" }, el("span", { word: named }), field);
  });
  return dialog(place, { title, yes, body: [text && said("p", text), ...extra, ...rows] });
}

/** A picker: choices are [node, value]; resolves to the value chosen, or null. `text` is a node above them. */
export function pick(place, { title, text = null, choices, wide = false }) {
  return new Promise((resolve) => {
    let chosen = null;
    const nodes = choices.map(([node, value]) => {
      node.addEventListener("click", () => {
        chosen = value;
        node.closest("dialog").close();
      });
      return node;
    });
    const list = el("div", { class: wide ? "picker grid" : "picker" }, nodes);
    dialog(place, { title, yes: null, body: [text, list] }).then(() => resolve(chosen));
  });
}

/** A photo over the whole window. */
export function openPhoto(place, address, isProtected) {
  const picture = el("img", { src: address, alt: "", draggable: isProtected ? "false" : null });
  const node = el("dialog", { class: "lightbox", label: "message.photo" }, picture);
  node.append(iconButton("close", "close", () => node.close()));
  node.addEventListener("click", (event) => event.target === node && node.close());
  show(document.body, node);
}

function dialog(place, { title, role, test = "dialog", yes = "ok", no = "cancel", danger = false, body }) {
  return new Promise((resolve) => {
    const sheet = el("form", { method: "dialog" }, title && said("h2", title), ...body, choices(yes, no, danger));
    const node = el("dialog", { class: "sheet", test, role, "aria-modal": "true" }, sheet);
    if (title) node.setAttribute("aria-label", sheet.querySelector("h2").textContent);
    let answer = null;
    sheet.addEventListener("submit", () => {
      answer = Object.fromEntries(new FormData(sheet));
    });
    show(place, node).then(() => resolve(answer));
  });
}

function choices(yes, no, danger) {
  const close = (event) => event.target.closest("dialog").close();
  const refuse = no && el("button", { type: "button", class: "plain", test: "dialog-no", word: no, on: { click: close } });
  const agree = yes && el("button", { type: "submit", class: danger ? "strong danger" : "strong", test: "dialog-ok", word: yes });
  return el("div", { class: "choices" }, refuse, agree);
}

// A modal dialog drawn over its own place (one phone among three), following it when the window changes.
function show(place, node) {
  return new Promise((resolve) => {
    const settle = () => {
      const box = place.getBoundingClientRect();
      node.style.setProperty("--middle", `${box.left + box.width / 2}px`);
      node.style.setProperty("--centre", `${box.top + box.height / 2}px`);
      node.style.setProperty("--room", `${Math.min(box.width, innerWidth)}px`);
    };
    const opener = document.activeElement;
    place.append(node);
    settle();
    addEventListener("resize", settle);
    node.addEventListener("close", () => {
      removeEventListener("resize", settle);
      node.remove();
      if (opener?.isConnected) opener.focus({ preventScroll: true });
      resolve();
    });
    node.showModal();
  });
}

/** A notice that goes away by itself. `spoken` is a key, [key, values], or {text} for words that are not the page's. */
export function notice(place, spoken, isError = false) {
  place.querySelector(":scope > .notices")?.remove();
  const line = said("p", spoken);
  line.className = isError ? "notice error" : "notice";
  line.dataset.testid = "toast";
  const shelf = el("div", { class: "notices", role: isError ? "alert" : "status" });
  place.append(shelf);
  shelf.append(line);
  line.addEventListener("click", () => shelf.remove());
  setTimeout(() => shelf.remove(), NOTICE_MS);
}

function said(tag, spoken) {
  const node = el(tag);
  if (typeof spoken === "object" && "text" in spoken) node.textContent = spoken.text;
  else word(node, spoken);
  return node;
}

/** A menu next to its button. Items: {icon, word | text, note, act, danger, test}. */
export function menu(place, opener, items) {
  place.querySelector(":scope > .menu")?.remove();
  const rows = items.filter(Boolean).map((item) => menuRow(item, () => close(true)));
  const node = el("div", { class: "menu", role: "menu" }, rows);
  const away = (event) => node.contains(event.target) || opener.contains(event.target) || close(false);
  function close(refocus) {
    document.removeEventListener("pointerdown", away, true);
    node.remove();
    opener.setAttribute("aria-expanded", "false");
    if (refocus && opener.isConnected) opener.focus({ preventScroll: true });
  }
  node.addEventListener("keydown", (event) => menuKey(event, rows, close));
  node.addEventListener("focusout", (event) => event.relatedTarget && !node.contains(event.relatedTarget) && close(false));
  place.append(node);
  beside(place, opener, node);
  opener.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", away, true);
  rows[0]?.focus({ preventScroll: true });
}

function menuRow(item, close) {
  const words = el("span", { class: "menu-words", word: item.word }, item.text);
  const press = () => {
    close();
    item.act();
  };
  const props = { type: "button", role: "menuitem", tabindex: "-1", test: item.test, class: item.danger ? "danger" : null, on: { click: press } };
  return el("button", props, item.icon && icon(item.icon), words, item.note && el("small", {}, item.note));
}

function menuKey(event, rows, close) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") close(true);
  else if (event.key === "Home") rows[0].focus();
  else if (event.key === "End") rows.at(-1).focus();
  else if (step) rows[(rows.indexOf(document.activeElement) + step + rows.length) % rows.length].focus();
  else return;
  event.preventDefault();
}

// Below its button where there is room, else above; always inside its place.
function beside(place, opener, node) {
  const [outer, from] = [place, opener].map((each) => each.getBoundingClientRect());
  const [wide, tall] = [node.offsetWidth, node.offsetHeight];
  const below = from.bottom - outer.top - place.clientTop + 4;
  const above = from.top - outer.top - place.clientTop - tall - 4;
  const within = (wanted, most) => `${Math.max(8, Math.min(wanted, most - 8))}px`;
  node.style.left = within(from.left - outer.left - place.clientLeft, place.clientWidth - wide);
  node.style.top = within(below + tall < place.clientHeight - 8 ? below : above, place.clientHeight - tall);
}
