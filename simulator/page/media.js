// What a message carries besides text: photos, documents, voices, stickers, contacts, locations.

import { openPhoto } from "./dialogs.js";
import { el, icon, initials, safeUrl } from "./dom.js";
import { say } from "./words.js";

const DRAWN = { photo, document: paper, voice, audio: voice, sticker, contact, location: place, text: () => null };

/** The node for what a message carries, or null for plain text. */
export function media(message, phone) {
  const draw = DRAWN[message.kind ?? "text"];
  return draw ? draw(message, phone) : el("p", { class: "unshown", word: "message.unshown" });
}

function address(message) {
  return safeUrl(message.file?.url ?? "")?.href ?? "";
}

function photo(message, phone) {
  const picture = el("img", { src: address(message), alt: "", loading: "lazy", draggable: message.protected ? "false" : null });
  const open = () => openPhoto(phone, address(message), message.protected);
  return el("button", { type: "button", class: "photo", label: "message.open", on: { click: open } }, picture);
}

function paper(message) {
  const { name = "", size } = message.file ?? {};
  const kind = name.includes(".") ? name.split(".").pop().slice(0, 4).toUpperCase() : "";
  const words = el("span", { class: "paper-words" }, el("b", {}, name), el("small", {}, [kind, sizeText(size)].filter(Boolean).join(" · ")));
  const inside = [el("span", { class: "paper-icon" }, icon("file")), words];
  if (message.protected) return el("div", { class: "paper" }, inside);
  return el("a", { class: "paper", href: address(message), download: name || "file", label: ["message.download", { name }] }, inside);
}

function voice(message) {
  const sound = new Audio();
  sound.preload = "none";
  const drawn = [icon("play"), icon("pause")];
  const button = el("button", { type: "button", class: "icon-button play", label: "message.play" }, drawn);
  const bars = el("span", { class: "wave", "aria-hidden": "true" }, waveOf(message));
  const node = el("div", { class: "voice", role: "group", label: "message.voice" }, button, bars, el("small", {}, sizeText(message.file?.size)));
  const showPlaying = () => node.classList.toggle("playing", !sound.paused);
  for (const name of ["play", "pause", "ended"]) sound.addEventListener(name, showPlaying);
  sound.addEventListener("timeupdate", () => bars.style.setProperty("--heard", sound.currentTime / (sound.duration || 1)));
  button.addEventListener("click", () => {
    sound.src ||= address(message);
    if (sound.paused) sound.play().catch(showPlaying);
    else sound.pause();
  });
  return node;
}

// Bars that stay the same for one message; the sound itself is not read.
function waveOf(message) {
  const seed = message.message_id * 7919 + (message.file?.size ?? 1);
  return Array.from({ length: 26 }, (_, at) => {
    const bar = el("i");
    bar.style.setProperty("--tall", String(0.25 + 0.75 * Math.abs(Math.sin(seed + at * 1.7) * Math.cos(at * 0.6))));
    return bar;
  });
}

function sticker(message) {
  return el("img", { class: "sticker", src: address(message), alt: say("message.sticker"), loading: "lazy", draggable: "false" });
}

function contact(message) {
  const { first_name = "", last_name = "", phone_number = "" } = message.contact ?? {};
  const name = `${first_name} ${last_name}`.trim();
  const words = el("span", { class: "paper-words" }, el("b", {}, name), el("small", {}, phone_number));
  return el("div", { class: "paper card", role: "group", label: "message.contact" }, el("span", { class: "avatar", "aria-hidden": "true" }, initials(name)), words);
}

function place(message) {
  const { latitude, longitude } = message.location ?? {};
  const known = Number.isFinite(latitude) && Number.isFinite(longitude);
  const spot = known ? `${latitude.toFixed(5)}, ${longitude.toFixed(5)}` : "";
  const map = el("div", { class: "map", "aria-hidden": "true" }, icon("pin"));
  return el("div", { class: "place" }, map, el("p", {}, el("b", { word: "message.location" }), " ", el("small", {}, spot)));
}

function sizeText(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 ** 2).toFixed(1).replace(".", ",")} MB`;
}
