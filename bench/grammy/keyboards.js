/** The buttons under a message, and how they are laid out. */
import { InlineKeyboard, Keyboard } from "grammy";

import { say } from "./words.js";

const WIDE = 18;
const STYLES = { agree: "success", send: "success" };

/** Return a button of one question. */
export function button(step, text, choice, style) {
  return { ...InlineKeyboard.text(text, `v1|0|${step}|${choice}`), ...(style && { style }) };
}

/** Return the buttons under a question: the answers, then `more` rows, then why, skip, back and stop. */
export function keyboard(step, options, { back = true, skip = false, more = [] } = {}) {
  const control = (word) => button(step, say(`dialogue.${word}`), `!${word}`);
  const why = skip ? ["why", "skip"] : ["why"];
  const stop = back ? ["back", "stop"] : ["stop"];
  return InlineKeyboard.from([...laid(options), ...more, why.map(control), stop.map(control)]);
}

/** Lay buttons out: two short ones share a row. */
function laid(buttons) {
  const rows = [];
  for (const one of buttons) {
    const last = rows.at(-1);
    if (last?.length === 1 && isShort(last[0]) && isShort(one)) last.push(one);
    else rows.push([one]);
  }
  return rows;
}

const isShort = ({ text }) => [...text].length <= WIDE;

/** Return a button for each value of a choice. */
export function choices(step, values) {
  return values.map((value) => button(step, say(`registration.${step}.${value}`), value, STYLES[value]));
}

/** Return the buttons that settle what is asked back. */
export function half(step, options) {
  return options.map(([value, text]) => button(step, text, `${value}~1`));
}

/** Return the button that asks the question again. */
export const again = (step) => button(step, say("dialogue.again"), "!back");

/** Return the button that shows all occupations. */
export const jobList = (step, choice = "list") => button(step, say("dialogue.job_list"), choice);

/** Return the big buttons of the phone question; the first shares the contact. */
export function sharing() {
  const controls = [[say("registration.phone.none")], [say("dialogue.why")], [say("dialogue.back"), say("dialogue.stop")]];
  const share = [Keyboard.requestContact(say("dialogue.share_contact"))];
  return Keyboard.from([share, ...controls]).resized().persistent();
}

/** Return the buttons under the greeting. */
export function greeting() {
  const command = (word, name) => InlineKeyboard.text(say(`commands.${word}`), `v1|c|${name}|`);
  const register = { ...command("register", "daftar"), style: "primary" };
  const others = [command("status_button", "status"), command("help_button", "bantuan")];
  return InlineKeyboard.from([[register], others, [command("language_button", "bahasa")]]);
}

/** Return the buttons under a receipt. */
export function receipt(reference) {
  const copy = InlineKeyboard.copyText(say("commands.copy_reference"), reference);
  return InlineKeyboard.from([[copy], [InlineKeyboard.text(say("commands.next_worker"), "v1|c|daftar|")]]);
}
