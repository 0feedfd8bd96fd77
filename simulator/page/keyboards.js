// The two kinds of buttons a bot can send: inline under a message, and the reply keyboard under the chat.

import { el, icon, safeUrl } from "./dom.js";

const STYLES = ["primary", "success", "danger"];

/** The inline keyboard of a message. `act`: tap(message, button, node), copy(text), follow(url), unsupported(). */
export function inlineKeyboard(message, act) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (!rows.length) return null;
  const drawn = rows.map((row) => el("div", { class: "row" }, row.map((button) => inlineButton(message, button, act))));
  return el("div", { class: "inline-keyboard" }, drawn);
}

function inlineButton(message, button, act) {
  const [mark, press] = inlineAct(message, button, act);
  const node = el("button", { type: "button", test: "inline-button", class: `key ${styleOf(button)}`, "data-text": button.text });
  node.append(el("span", { class: "key-text" }, button.text), ...(mark ? [icon(mark)] : []));
  node.addEventListener("click", () => press(node));
  return node;
}

function inlineAct(message, button, act) {
  if (button.callback_data !== undefined) return [null, (node) => act.tap(message, button, node)];
  if (button.copy_text) return ["copy", () => act.copy(button.copy_text.text)];
  if (button.url) return ["out", () => act.follow(safeUrl(button.url) ?? new URL(location.href))];
  return [null, () => act.unsupported()];
}

/** The reply keyboard's rows. `press(button)` is called with the pressed KeyboardButton. */
export function replyKeyboard(markup, press) {
  const rows = (markup?.keyboard ?? []).map((row) => row.map((button) => (typeof button === "string" ? { text: button } : button)));
  return rows.map((row) => el("div", { class: "row" }, row.map((button) => replyButton(button, press))));
}

function replyButton(button, press) {
  const mark = button.request_contact ? "person" : button.request_location ? "pin" : null;
  const click = () => press(button);
  const props = { type: "button", test: "reply-button", class: `key ${styleOf(button)}`, "data-text": button.text, on: { click } };
  return el("button", props, mark && icon(mark), el("span", { class: "key-text" }, button.text));
}

function styleOf(button) {
  return STYLES.includes(button.style) ? button.style : "";
}
