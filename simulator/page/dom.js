// Building DOM nodes. Data only ever becomes text or a checked attribute, never markup.

import { label, word } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/** An element. `props`: on = listeners, test = data-testid, word/label = translated text, the rest attributes. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) give(node, name, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function give(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
  else if (name === "test") node.dataset.testid = value;
  else if (name === "class") node.className = value;
  else if (name === "value") node.value = value;
  else if (name === "word") word(node, value);
  else if (name === "label") label(node, value);
  else node.setAttribute(name, value === true ? "" : value);
}

// Line icons on a 24 x 24 field.
const ICONS = {
  more: ["M12 5.5v.01M12 12v.01M12 18.5v.01"],
  send: ["M4.5 12 20 4.8l-5.4 15L12 13z", "M12 13l8-8.2"],
  clip: ["M19 11.5l-7.2 7.2a4.6 4.6 0 0 1-6.5-6.5l7.6-7.6a3.1 3.1 0 0 1 4.4 4.4l-7.5 7.5a1.6 1.6 0 0 1-2.2-2.2l6.7-6.7"],
  keys: ["M4 6.5h16v11H4z", "M8 10v.01M12 10v.01M16 10v.01M8.5 14h7"],
  close: ["M6 6l12 12M18 6L6 18"],
  down: ["M6 9.5l6 6 6-6"],
  lock: ["M6.5 11h11v8.5h-11z", "M9 11V8a3 3 0 0 1 6 0v3"],
  file: ["M7 3.5h7l4 4v13H7z", "M14 3.5v4h4"],
  photo: ["M4 5.5h16v13H4z", "M4 16l5-4.5 4 3.5 2.5-2L20 16.5", "M15.5 9.5v.01"],
  mic: ["M12 4a2.6 2.6 0 0 1 2.6 2.6v5a2.6 2.6 0 0 1-5.2 0v-5A2.6 2.6 0 0 1 12 4z", "M6.5 11.5a5.5 5.5 0 0 0 11 0M12 17v3"],
  sticker: ["M5 5h14v8.5L13.5 19H5z", "M13.5 19v-5.5H19"],
  person: ["M12 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z", "M5 19.5c.8-3.6 3.4-5 7-5s6.2 1.4 7 5"],
  people: ["M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6z", "M3.5 18.5c.6-3.2 2.6-4.5 5.5-4.5s4.9 1.3 5.5 4.5", "M15.5 5.5a3 3 0 0 1 0 5.5M17 14.3c2 .6 3.1 2 3.5 4.2"],
  plus: ["M12 5.5v13M5.5 12h13"],
  pin: ["M12 20.5s6.5-6 6.5-10.8a6.5 6.5 0 0 0-13 0C5.5 14.5 12 20.5 12 20.5z", "M12 9.8v.01"],
  play: ["M8.5 5.5l10 6.5-10 6.5z"],
  pause: ["M8.5 6v12M15.5 6v12"],
  link: ["M10 14a4 4 0 0 0 5.7 0l2.8-2.8a4 4 0 0 0-5.7-5.7L11.5 6.8", "M14 10a4 4 0 0 0-5.7 0l-2.8 2.8a4 4 0 0 0 5.7 5.7l1.3-1.3"],
  copy: ["M9 9h10v10H9z", "M15 9V5H5v10h4"],
  edit: ["M5 19l1-4L16 5l3 3L9 18z"],
  forward: ["M13 6l6 5.5-6 5.5v-3.5c-4 0-6.5 1-8.5 4 .3-5 3.5-8 8.5-8.3z"],
  block: ["M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16z", "M6.5 6.5l11 11"],
  bin: ["M5 7h14M9.5 7V4.5h5V7M7 7l.8 12.5h8.4L17 7"],
  clock: ["M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16z", "M12 7.5V12l3 2"],
  out: ["M14 5h5v5M19 5l-8.5 8.5M17 14v5H5V7h5"],
  check: ["M5 12.5l4.5 4.5L19 7.5"],
};

/** A drawn icon, hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const looks = { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" };
  for (const [key, value] of Object.entries(looks)) svg.setAttribute(key, value);
  for (const line of ICONS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", line);
    svg.append(path);
  }
  return svg;
}

/** A round button with an icon and a translated name. */
export function iconButton(name, labelKey, act, props = {}) {
  return el("button", { type: "button", class: "icon-button", label: labelKey, on: { click: act }, ...props }, icon(name));
}

/** The address if it may be followed (web, mail, phone, Telegram), or null. */
export function safeUrl(address) {
  try {
    const url = new URL(address, location.href);
    return ["http:", "https:", "mailto:", "tel:", "tg:"].includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/** The initials of a name, for an avatar. */
export function initials(name) {
  const parts = String(name ?? "").trim().split(/\s+/).filter(Boolean);
  return parts.slice(0, 2).map((part) => Array.from(part)[0].toUpperCase()).join("") || "?";
}
