// A message's text with its MessageEntity list, as DOM nodes. Offsets are UTF-16, as JavaScript strings are.

import { el, safeUrl } from "./dom.js";
import { label, say } from "./words.js";

const PLAIN_TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};

/** Nodes for a text. `act`: copy(text), follow(url), say(text); a protected text is not copied on tap. */
export function richText(text, entities, act, isProtected = false) {
  const ordered = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return span({ text, act, isProtected }, ordered, 0, text.length);
}

function span(context, entities, from, to) {
  const nodes = [];
  let at = from;
  let rest = entities;
  while (rest.length) {
    const [first, ...others] = rest;
    const start = Math.max(at, first.offset);
    const end = Math.min(to, first.offset + first.length);
    rest = others;
    if (end <= start) continue;
    if (start > at) nodes.push(context.text.slice(at, start));
    const inside = others.filter((other) => other.offset < end);
    nodes.push(marked(context, first, context.text.slice(start, end), span(context, inside, start, end)));
    rest = others.filter((other) => other.offset + other.length > end);
    at = end;
  }
  if (at < to) nodes.push(context.text.slice(at, to));
  return nodes;
}

function marked({ act, isProtected }, entity, raw, children) {
  switch (entity.type) {
    case "code":
      return copyable(el("code", {}, children), raw, act, isProtected);
    case "pre":
      return copyable(el("pre", {}, el("code", {}, children)), raw, act, isProtected);
    case "spoiler":
      return spoiler(children);
    case "text_link":
      return link(entity.url, children, act);
    case "url":
      return link(/^[a-z][a-z0-9+.-]*:/i.test(raw) ? raw : `https://${raw}`, children, act);
    case "email":
      return link(`mailto:${raw}`, children, act);
    case "phone_number":
      return link(`tel:${raw.replace(/[^0-9+]/g, "")}`, children, act);
    case "bot_command":
      return el("button", { type: "button", class: "text-command", on: { click: () => act.say(raw) } }, children);
    case "mention":
    case "hashtag":
    case "cashtag":
    case "text_mention":
      return el("span", { class: "mention" }, children);
    case "date_time":
      return el("time", { class: "moment" }, children);
    default:
      return el(PLAIN_TAGS[entity.type] ?? "span", {}, children);
  }
}

function link(address, children, act) {
  const url = safeUrl(address);
  if (!url) return el("span", {}, children);
  const follow = (event) => {
    event.preventDefault();
    act.follow(url);
  };
  return el("a", { href: url.href, rel: "noopener noreferrer", target: "_blank", on: { click: follow } }, children);
}

function copyable(node, raw, act, isProtected) {
  if (isProtected) return node;
  node.classList.add("copyable");
  return pressable(node, "message.tapcopy", () => act.copy(raw));
}

function spoiler(children) {
  const hidden = el("span", { class: "hidden", "aria-hidden": "true", inert: true }, children);
  const node = el("span", { class: "spoiler" }, hidden);
  const reveal = () => {
    for (const name of ["role", "tabindex", "aria-label", "data-label"]) node.removeAttribute(name);
    node.className = "spoiler shown";
    hidden.replaceWith(...children);
  };
  return pressable(node, "message.spoiler", reveal, true);
}

function pressable(node, name, press, named = false) {
  node.tabIndex = 0;
  node.setAttribute("role", "button");
  if (named) label(node, name);
  else node.title = say(name);
  node.addEventListener("click", press, { once: named });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    node.click();
  });
  return node;
}
