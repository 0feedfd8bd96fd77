// What a person can send besides text: pictures, papers, voices, stickers, contacts, places.

import { ask, form, notice, pick } from "./dialogs.js";
import { el, icon } from "./dom.js";
import { sampleVoice, STICKERS, stickerCanvas, stickerFile } from "./samples.js";

// Places in three time zones, so that WIB, WITA and WIT can be tried.
const PLACES = [
  ["-7.25747,112.75209", "Surabaya (WIB)"],
  ["-5.14767,119.43273", "Makassar (WITA)"],
  ["-2.53371,140.71813", "Jayapura (WIT)"],
];

/** The entries of the attachment menu of a phone. */
export function attachments(phone) {
  return [
    { icon: "photo", word: "attach.photo", test: "attach-photo", act: () => choosePhoto(phone) },
    { icon: "file", word: "attach.document", test: "attach-document", act: () => chooseFile(phone, "document", "") },
    { icon: "mic", word: "attach.voice", test: "attach-voice", act: () => sendVoice(phone) },
    { icon: "sticker", word: "attach.sticker", test: "attach-sticker", act: () => sendSticker(phone) },
    { icon: "person", word: "attach.own", test: "attach-own-contact", act: () => shareOwnContact(phone) },
    { icon: "people", word: "attach.other", test: "attach-other-contact", act: () => shareOtherContact(phone) },
    { icon: "pin", word: "attach.location", test: "attach-location", act: () => shareLocation(phone) },
  ];
}

/** Asks, then shares the person's own number. */
export async function shareOwnContact(phone) {
  const name = phone.fullName;
  const explain = phone.person.phone ? { text: `${name} · ${phone.person.phone}` } : ["contact.explain", { name }];
  const agreed = await ask(phone.screen, { title: "contact.ask", text: explain, yes: "contact.share" });
  if (agreed) await phone.post(() => phone.wire.ownContact());
}

async function shareOtherContact(phone) {
  const answer = await form(phone.screen, {
    title: "attach.other",
    yes: "contact.share",
    fields: [
      { name: "name", word: "contact.name", required: true, maxlength: 64 },
      { name: "phone", word: "contact.phone", required: true, type: "tel", maxlength: 20, placeholder: "0860…" },
    ],
  });
  if (answer) await phone.post(() => phone.wire.otherContact(answer.name, answer.phone));
}

/** Asks for a place, then shares it. */
export async function shareLocation(phone) {
  const [latitude, longitude] = PLACES[0][0].split(",");
  const degrees = { type: "number", step: "any", required: true };
  const spot = (name, value, limit) => ({ name, value, word: `location.${name}`, min: -limit, max: limit, ...degrees });
  const fields = [{ name: "place", word: "location.place", options: PLACES }, spot("latitude", latitude, 90), spot("longitude", longitude, 180)];
  const asked = form(phone.screen, { title: "location.ask", yes: "contact.share", fields });
  const sheet = phone.screen.querySelector("dialog form");
  sheet.elements.place.addEventListener("change", () => {
    [sheet.elements.latitude.value, sheet.elements.longitude.value] = sheet.elements.place.value.split(",");
  });
  const answer = await asked;
  if (answer) await phone.post(() => phone.wire.location(Number(answer.latitude), Number(answer.longitude)));
}

/** Shows a file and asks for a caption, then sends it. */
export async function sendFile(phone, kind, file) {
  const address = URL.createObjectURL(file);
  const shown = kind === "photo" ? el("img", { class: "preview", src: address, alt: "" }) : null;
  const fields = [{ name: "caption", word: "attach.caption", maxlength: 1024 }];
  const answer = await form(phone.screen, { title: ["attach.send", { name: file.name }], yes: "write.send", fields, extra: [shown] });
  URL.revokeObjectURL(address);
  if (answer) await phone.post(() => phone.wire.file(kind, file, file.name, answer.caption));
}

/** Sends what was dropped on or pasted into a phone: pictures as photos, the rest as documents. */
export async function sendFiles(phone, files) {
  for (const file of files) await sendFile(phone, /^image\/(png|jpe?g|webp|gif)$/.test(file.type) ? "photo" : "document", file);
}

function choosePhoto(phone) {
  return chooseFile(phone, "photo", "image/*");
}

async function chooseFile(phone, kind, accept) {
  const [file] = await chosen(accept);
  if (file) await sendFile(phone, kind, file);
}

function chosen(accept) {
  return new Promise((resolve) => {
    const field = el("input", { type: "file", accept });
    field.addEventListener("change", () => resolve([...field.files]));
    field.addEventListener("cancel", () => resolve([]));
    field.click();
  });
}

async function sendVoice(phone) {
  const row = (mark, named, test) => el("button", { type: "button", test }, icon(mark), el("span", { word: named }));
  const choice = await pick(phone.screen, {
    title: "voice.ask",
    choices: [
      [row("mic", "voice.record", "voice-record"), "record"],
      [row("play", "voice.sample", "voice-sample"), "sample"],
      [row("file", "voice.choose", "voice-choose"), "choose"],
    ],
  });
  if (choice === "choose") return chooseVoice(phone);
  const sound = choice === "record" ? await recorded(phone) : choice === "sample" ? sampleVoice() : null;
  return sound && phone.post(() => phone.wire.file("voice", sound, `voice.${ending(sound)}`));
}

function ending(sound) {
  return ["wav", "webm", "mp4"].find((kind) => sound.type.includes(kind)) ?? "ogg";
}

async function chooseVoice(phone) {
  const [file] = await chosen("audio/*");
  if (file) await phone.post(() => phone.wire.file("voice", file, file.name));
}

async function recorded(phone) {
  let microphone;
  try {
    microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    notice(phone.screen, "voice.denied", true);
    return null;
  }
  const recorder = new MediaRecorder(microphone);
  const parts = [];
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  const ended = new Promise((resolve) => recorder.addEventListener("stop", resolve));
  recorder.start();
  const wanted = await ask(phone.screen, { title: "voice.ask", text: "voice.recording", yes: "write.send" });
  recorder.stop();
  await ended;
  for (const track of microphone.getTracks()) track.stop();
  return wanted ? new Blob(parts, { type: recorder.mimeType }) : null;
}

async function sendSticker(phone) {
  const choices = STICKERS.map((each) => {
    const canvas = stickerCanvas(each);
    const button = el("button", { type: "button", test: "sticker-choice", "aria-label": each.text }, canvas);
    return [button, canvas];
  });
  const canvas = await pick(phone.screen, { title: "sticker.ask", choices, wide: true });
  if (!canvas) return;
  const picture = await stickerFile(canvas);
  await phone.post(() => phone.wire.file("sticker", picture, "sticker.webp"));
}
