// The chat page of the simulator: several phones side by side, one clock for all of them.
//
// Modules: server (the wire), phone (one person), log + bubble + entities + media + keyboards (what is drawn),
// composer + attach + samples (what is sent), links, dialogs, confetti, clock, people, time, words (id/en), dom.
//
// For automated tests, elements carry data-testid:
//   phone-0, phone-1, …      one per person in the order of /sim/state; data-person = the person's id
//   tab-0, tab-1, …          its tab on a small screen
//   message                  one bubble; data-message-id, data-from = bot | person, data-kind; class "deleted", "protected"
//   inline-button            data-text = its words; aria-busy="true" until the tap is answered
//   reply-keyboard, reply-button (data-text), keyboard-toggle
//   start, unblock           the big button in place of the composer while a chat is empty, or the bot blocked
//   desk                     what is below the messages; data-mode = start | write | blocked | gone once the chat is read
//   composer, send, stop-editing
//   commands, menu-command   the "/" button, and each command (data-command, without the slash)
//   attach, attach-photo, attach-document, attach-voice, attach-sticker, attach-own-contact,
//   attach-other-contact, attach-location; voice-record, voice-sample, voice-choose, sticker-choice
//   message-menu, message-edit, message-copy, message-forward
//   phone-menu, menu-start, menu-group, menu-block, menu-unblock, menu-leave
//   link-phone               one choice of where a link to the bot is opened; data-person = the person's id
//   dialog, alert            an open question or a bot's alert; dialog-ok, dialog-no inside it; fields by their name
//   toast                    a passing notice: a bot's callback answer, "Disalin", an error
//   clock-now, clock-hour, clock-tomorrow, clock-eighth, clock-next-month, clock-custom, clock-custom-value
//   add-person, language, lost, edited, about, confetti

import { ClockBar } from "./clock.js";
import { el, icon } from "./dom.js";
import { addPerson, Tabs } from "./people.js";
import { Phone } from "./phone.js";
import * as server from "./server.js";
import { label, pageLanguage, say, speak, word } from "./words.js";

const MOST_PHONES = 12; // a load test may hold a hundred thousand people
const STATE_EVERY_MS = 60_000;

const place = (id) => document.getElementById(id);
const phones = new Map(); // person id -> Phone
const tabs = new Tabs(place("tab-place"), place("phones"));
const clock = new ClockBar(place("clock-place"), (text) => phones.forEach((phone) => phone.showTime(text)));

function meet(person, index, bot) {
  const phone = new Phone(person, index, bot, (which, count) => tabs.news(which, count), () => [...phones.values()]);
  phones.set(person.id, phone);
  place("phones").append(phone.node);
  tabs.add(phone);
  phone.refresh();
  return phone;
}

function part(id) {
  tabs.remove(phones.get(id));
  phones.get(id).node.remove();
  phones.delete(id);
}

/** Takes over the simulator's state: the time, the bot, and who is there. */
async function look() {
  const { now, bot, people } = await server.state();
  const shown = people.filter(({ id }, index) => index < MOST_PHONES || phones.has(id));
  for (const id of phones.keys()) if (!shown.some((person) => person.id === id)) part(id);
  shown.forEach((person, index) => (phones.get(person.id) ?? meet(person, index, bot)).know(person, bot));
  clock.set(now);
  clock.redraw();
  document.title = [bot?.first_name, say("page.title")].filter(Boolean).join(" · ");
  place("title").textContent = bot?.first_name ?? "";
  place("loading").hidden = true;
  place("hidden").hidden = shown.length === people.length;
  word(place("hidden"), ["page.hidden", { count: people.length - shown.length }]);
}

// The line saying that the connection is lost tells enough about a refusal here.
async function quietly(act) {
  try {
    await act();
  } catch (refusal) {
    if (!(refusal instanceof server.Refusal)) throw refusal;
  }
}

async function lookAtAll() {
  await quietly(look);
  await Promise.all([...phones.values()].map((phone) => phone.refresh()));
}

function hear(event) {
  if (event.type === "clock") clock.set(event.now);
  else if (event.type === "people") quietly(look);
  else phones.get(event.person)?.hear(event);
}

function choose(language) {
  speak(language);
  remember(pageLanguage());
  for (const button of place("language").children) button.setAttribute("aria-pressed", String(button.value === pageLanguage()));
  clock.redraw();
  phones.forEach((phone) => phone.redraw());
}

// A browser that keeps nothing for this page still shows it, in Indonesian.
function remember(language) {
  try {
    localStorage.setItem("language", language);
  } catch {
    return;
  }
}

function remembered() {
  try {
    return localStorage.getItem("language");
  } catch {
    return null;
  }
}

function furnish() {
  for (const node of document.querySelectorAll("[data-say]")) word(node, node.dataset.say);
  for (const node of document.querySelectorAll("[data-name]")) label(node, node.dataset.name);
  for (const code of ["id", "en"])
    place("language").append(el("button", { type: "button", value: code, lang: code, on: { click: () => choose(code) } }, code.toUpperCase()));
  place("add-person").prepend(icon("plus"));
  place("add-person").addEventListener("click", async () => {
    const person = await addPerson();
    if (!person) return;
    await lookAtAll();
    if (phones.has(person.id)) tabs.show(phones.get(person.id));
  });
  choose(remembered() ?? "id");
}

furnish();
server.listen({
  onEvent: hear,
  onOpen: () => {
    place("lost").hidden = true;
    lookAtAll();
  },
  onLost: () => {
    place("lost").hidden = false;
  },
});
setInterval(() => document.hidden || lookAtAll(), STATE_EVERY_MS);
