/** The form, state after state: what is waited for, what becomes of it, and which state is next. */
import { crib, labelOf } from "./crib.js";
import { checkAge } from "./checks/ages.js";
import { readDate } from "./checks/dates.js";
import { readMoney } from "./checks/money.js";
import { readName } from "./checks/names.js";
import { bornBy, readNik } from "./checks/nik.js";
import { readContact } from "./checks/phone.js";
import { Refused } from "./checks/refused.js";
import { clean } from "./checks/text.js";

const WAGE_EARNERS = /\b(?:karyawan|karyawati|pegawai|pns|asn|pppk|p3k|tni|polri|polisi|tentara|bumn|bumd|pabrik|kantoran)\b/;

const kept = (name) => (told, choice) => void (told[name] = choice);

/** Note the village's words; Refused where the run's searches hold nothing like them. */
function villageTyped(told, text) {
  const query = clean(text);
  if (crib.villages[query.toLowerCase()] === undefined) throw new Refused("regions.not_found", { query });
  told.village_words = query;
}

/** Note the occupation in the person's own words; Refused for who is on a wage. */
function occupationTyped(told, text) {
  const words = clean(text);
  if (WAGE_EARNERS.test(words.toLowerCase())) throw new Refused("eligibility.wage_earner");
  told.occupation = { id: "", words };
}

/** Note the birth date; Refused for one that is not the date of the NIK, or an age that may not join. */
function birthDateTyped(told, text) {
  const born = readDate(text, crib.today);
  checkAge(born, crib.today);
  if (bornBy(told.nik, crib.today, born) !== born) throw new Refused("nik.other_birth_date");
  told.birth_date = born;
}

function villageTapped(told, code) {
  if (labelOf(code) === undefined) throw new Refused("regions.not_found", { query: told.village_words });
  told.village = code;
}

/**
 * The states. `taps`: the question whose buttons answer; `tapped`, `typed`, `shared`: what becomes of a choice, a
 * text, a contact's number; `goes`: the message that is answered, or the answer itself, leaves the chat.
 */
export const form = {
  consent: { taps: "consent", tapped: kept("consent"), next: "who" },
  who: { taps: "who", tapped: kept("who"), next: "nik" },
  nik: { typed: (told, text) => void (told.nik = readNik(text)), goes: true, next: "nik_confirm" },
  nik_confirm: { taps: "nik", tapped: () => {}, goes: true, next: "name" },
  name: { typed: (told, text) => void (told.name = readName(text)), next: "birth_date" },
  birth_date: { typed: birthDateTyped, next: "sex" },
  sex: { taps: "sex", tapped: kept("sex"), next: "address" },
  address: { typed: (told, text) => void (told.address = clean(text)), next: "village" },
  village: { typed: villageTyped, next: "village_choice" },
  village_choice: { taps: "village", tapped: villageTapped, next: "phone", typed: villageTyped, again: true },
  phone: { shared: (told, number) => void (told.phone = readContact(number)), next: "email" },
  email: { taps: "email", tapped: (told) => void (told.email = null), next: "occupation" },
  occupation: { typed: occupationTyped, next: "occupation_choice" },
  occupation_choice: {
    taps: "occupation",
    tapped: (told, id) => void (told.occupation.id = id),
    next: "occupation2",
    typed: occupationTyped,
    again: true,
  },
  occupation2: { taps: "occupation2", tapped: (told) => void (told.occupation2 = null), next: "workplace" },
  workplace: { typed: (told, text) => void (told.workplace = clean(text)), next: "hours" },
  hours: { taps: "hours", tapped: kept("hours"), next: "income" },
  income: { typed: (told, text) => void (told.income = readMoney(text)), next: "employs" },
  employs: { taps: "employs", tapped: kept("employs"), next: "payer" },
  payer: { taps: "payer", tapped: kept("payer"), next: "programmes" },
  programmes: { taps: "programmes", tapped: kept("programmes"), next: "months" },
  months: { taps: "months", tapped: kept("months"), next: "heirs" },
  heirs: { taps: "heirs", tapped: kept("heirs"), next: "review" },
  review: { taps: "review", tapped: (told) => void checkAge(told.birth_date, crib.today), goes: true, next: "sent" },
};

/** The buttons that begin it. */
export const BEGIN = /^v1\|c\|daftar\|/;

/** Return the pattern of the buttons that answer a question; its group is the choice. */
export const answersOf = (step) => new RegExp(`^v1\\|0\\|${step}\\|((?!!(?!skip))[^~]*)`);
