// One message as a bubble: forwarded mark, media, text, time and signs, options button, inline keyboard.

import { el, icon } from "./dom.js";
import { richText } from "./entities.js";
import { inlineKeyboard } from "./keyboards.js";
import { media } from "./media.js";
import { clockText, moment } from "./time.js";

const LONG_PRESS_MS = 550;

/** The node of a message. `act` is what its buttons do; see phone.js. */
export function bubble(message, act, names) {
  const kind = message.kind ?? "text";
  const classes = ["message", message.from, message.deleted && "deleted", message.protected && "protected", `kind-${kind}`];
  const node = el("article", {
    class: classes.filter(Boolean).join(" "),
    test: "message",
    "data-message-id": message.message_id,
    "data-from": message.from,
    "data-kind": kind,
  });
  node.append(message.deleted ? gone(message, names) : body(message, act, names));
  if (!message.deleted) node.append(...[inlineKeyboard(message, act)].filter(Boolean));
  return node;
}

function body(message, act, names) {
  const text = message.text ?? message.caption;
  const entities = message.entities ?? message.caption_entities;
  const shownMedia = media(message, act.phone);
  const words = text ? el("div", { class: "words", dir: "auto" }, richText(text, entities, act, message.protected)) : null;
  const box = el("div", { class: "bubble" }, speaker(message, names), forwarded(message), quote(message, act), shownMedia, words, foot(message));
  box.append(options(message, act));
  box.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a")) return;
    event.preventDefault();
    act.options(message, box);
  });
  onLongPress(box, () => act.options(message, box));
  return box;
}

// Some phones send no contextmenu event for a long press.
function onLongPress(node, act) {
  let timer = 0;
  node.addEventListener("touchstart", () => (timer = setTimeout(act, LONG_PRESS_MS)), { passive: true });
  const ends = ["touchend", "touchmove", "touchcancel", "contextmenu"];
  for (const end of ends) node.addEventListener(end, () => clearTimeout(timer), { passive: true });
}

function gone(message, names) {
  const words = el("div", { class: "words" }, icon("bin"), el("em", { word: "message.deleted" }));
  return el("div", { class: "bubble" }, speaker(message, names), words, foot({ ...message, edited: false, protected: false }));
}

// Who speaks is seen by side and colour; this line says it to a screen reader.
function speaker(message, names) {
  return el("span", { class: "unseen" }, `${message.from === "bot" ? names.bot : names.person}: `);
}

function forwarded(message) {
  if (!message.forwarded && !message.forward_origin) return null;
  return el("small", { class: "forwarded" }, icon("forward"), el("span", { word: "message.forwarded" }));
}

function quote(message, act) {
  const text = message.reply_to && act.quoted(message.reply_to)?.text;
  return text ? el("small", { class: "quote" }, text) : null;
}

function foot(message) {
  const when = moment(message.date);
  const lock = message.protected && el("span", { class: "lock", role: "img", label: "message.protected" }, icon("lock"));
  const edited = message.edited && el("span", { test: "edited", word: "message.edited" });
  return el("small", { class: "foot" }, lock, edited, el("time", { datetime: when.toISOString() }, clockText(when)));
}

function options(message, act) {
  const open = (event) => act.options(message, event.currentTarget);
  return el("button", { type: "button", class: "icon-button options", test: "message-menu", label: "message.menu", on: { click: open } }, icon("more"));
}
