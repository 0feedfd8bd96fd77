/** Everything that is said in the form: from the answers so far to messages, by the question they ask. */
import { crib, labelOf, pricesFor } from "./crib.js";
import { checkAge } from "./checks/ages.js";
import { long } from "./checks/days.js";
import { rupiah } from "./checks/money.js";
import * as nik from "./checks/nik.js";
import * as phone from "./checks/phone.js";
import * as keyboards from "./keyboards.js";
import { again, button, choices, half, jobList, keyboard } from "./keyboards.js";
import { escaped, say, tidy } from "./words.js";

const STEPS = 21;
const USUAL_HOURS = ["08:00-17:00", "05:00-12:00", "17:00-23:00"];
const PAYERS = ["own", "household", "association", "donor", "apbdes", "apbd"];

/** How each answer is read back, nothing masked, in the order of the review page. */
const SHOWN = {
  who: (told) => chosen("who", told),
  nik: (told) => nik.grouped(told.nik),
  name: (told) => escaped(told.name),
  birth_date: (told) => long(told.birth_date),
  sex: (told) => chosen("sex", told),
  address: (told) => escaped(told.address),
  village: (told) => labelOf(told.village),
  phone: (told) => phone.shown(told.phone),
  email: () => say("dialogue.not_given"),
  occupation: (told) => job(told),
  occupation2: () => say("dialogue.not_given"),
  workplace: (told) => escaped(told.workplace),
  hours: (told) => spanOf(told.hours),
  income: (told) => say("dialogue.a_month", { month: rupiah(told.income) }),
  employs: (told) => chosen("employs", told),
  payer: (told) => chosen("payer", told),
  programmes: (told) => chosen("programmes", told),
  months: (told) => crib.months[told.months],
  heirs: (told) => chosen("heirs", told),
};

/** The questions, by the state in which their answer is waited for: each a function that returns messages. */
export const questions = {
  greeted: () => [{ text: say("commands.start"), buttons: keyboards.greeting() }],

  consent: () => {
    const ask = say("registration.consent.ask", { points: crib.points });
    return [{ text: numbered(1, ask), buttons: keyboard("consent", choices("consent", ["agree"]), { back: false }) }];
  },
  who: () => {
    const text = after("consent", say("registration.consent.agree"), 2, ask("who"));
    return [{ text, buttons: keyboard("who", choices("who", ["self", "other"])) }];
  },
  nik: (told) => [{ text: after("who", SHOWN.who(told), 3, ask("nik")), buttons: keyboard("nik", []), protect: true }],

  nik_confirm: (told) => {
    const doubts = nik.warnings(told.nik, crib.today).map((name) => say(name)).join("\n");
    const text = numbered(3, say("dialogue.nik_confirm", { nik: nik.grouped(told.nik), doubts }));
    const yes = button("nik", say("dialogue.yes"), "yes~1", "success");
    return [{ text, buttons: keyboard("nik", [yes, again("nik")]), protect: true }];
  },
  name: (told) => [{ text: after("nik", nik.masked(told.nik), 4, ask("name")), buttons: keyboard("name", []) }],

  birth_date: (told) => {
    const text = after("name", SHOWN.name(told), 5, ask("birth_date"));
    return [{ text, buttons: keyboard("birth_date", []) }];
  },
  sex: (told) => {
    const values = nik.sexOf(told.nik) === "female" ? ["female", "male"] : ["male", "female"];
    const text = after("birth_date", SHOWN.birth_date(told), 6, ask("sex"));
    return [{ text, buttons: keyboard("sex", choices("sex", values)) }];
  },
  address: (told) => [{ text: after("sex", SHOWN.sex(told), 7, ask("address")), buttons: keyboard("address", []) }],

  village: (told) => {
    const text = after("address", SHOWN.address(told), 8, ask("village"));
    return [{ text, buttons: keyboard("village", []) }];
  },
  village_choice: (told) => {
    const { more, found } = crib.villages[told.village_words.toLowerCase()];
    const asked = say(more ? "dialogue.villages_more" : "dialogue.villages", { query: escaped(told.village_words) });
    return [{ text: numbered(8, asked), buttons: keyboard("village", [...half("village", found), again("village")]) }];
  },
  phone: (told) => [{ text: after("village", SHOWN.village(told), 9, ask("phone")), buttons: keyboards.sharing() }],

  email: (told) => [
    { text: understood("phone", phone.masked(told.phone)), buttons: { remove_keyboard: true } },
    { text: numbered(10, ask("email")), buttons: keyboard("email", [], { skip: true }) },
  ],
  occupation: () => {
    const text = after("email", say("dialogue.skipped"), 11, ask("occupation"));
    return [{ text, buttons: keyboard("occupation", [jobList("occupation")]) }];
  },
  occupation_choice: (told) => {
    const found = crib.occupations[told.occupation.words] ?? [];
    const options = half("occupation", found.map((id) => [id, say(`occupations.${id}`)]));
    const other = half("occupation", [["lainnya", say("occupations.lainnya")]]);
    const buttons = [...options, jobList("occupation", "list~1"), ...other, again("occupation")];
    const text = numbered(11, say("dialogue.job_which", { words: escaped(told.occupation.words) }));
    return [{ text, buttons: keyboard("occupation", buttons) }];
  },
  occupation2: (told) => {
    const text = after("occupation", say(`occupations.${told.occupation.id}`), 12, ask("occupation2"));
    return [{ text, buttons: keyboard("occupation2", [jobList("occupation2")], { skip: true }) }];
  },
  workplace: () => {
    const text = after("occupation2", say("dialogue.skipped"), 13, ask("workplace"));
    return [{ text, buttons: keyboard("workplace", choices("workplace", ["home_village", "around"])) }];
  },
  hours: (told) => {
    const text = after("workplace", SHOWN.workplace(told), 14, ask("hours"));
    const options = USUAL_HOURS.map((span) => button("hours", say(`registration.hours.${span.slice(0, 2)}`), span));
    return [{ text, buttons: keyboard("hours", options) }];
  },
  income: (told) => [{ text: after("hours", SHOWN.hours(told), 15, ask("income")), buttons: keyboard("income", []) }],

  employs: (told) => {
    const text = after("income", SHOWN.income(told), 16, ask("employs"));
    return [{ text, buttons: keyboard("employs", choices("employs", ["no", "yes"])) }];
  },
  payer: (told) => {
    const text = after("employs", SHOWN.employs(told), 17, ask("payer"));
    return [{ text, buttons: keyboard("payer", choices("payer", PAYERS)) }];
  },
  programmes: (told) => priced("programmes", pricesFor(told), after("payer", SHOWN.payer(told), 18, pricesFor(told).ask)),

  months: (told) => {
    const prices = pricesFor(told).months[told.programmes];
    return priced("months", prices, after("programmes", SHOWN.programmes(told), 19, prices.ask));
  },
  heirs: (told) => {
    const text = after("months", SHOWN.months(told), 20, ask("heirs"));
    return [{ text, buttons: keyboard("heirs", choices("heirs", ["add", "none"])) }];
  },
  review: (told) => {
    const edit = [button("review", say("dialogue.edit"), "!edit")];
    const text = after("heirs", SHOWN.heirs(told), 21, readBack(told));
    return [{ text, buttons: keyboard("review", choices("review", ["send"]), { more: [edit] }), protect: true }];
  },
};

/** Return the message that thanks, with the receipt number. */
export function receipt(reference, told) {
  return { text: say("commands.receipt", { reference, total: total(told) }), buttons: keyboards.receipt(reference) };
}

/** Return the message that says what was wrong. */
export function refusal({ message, values }) {
  const blanks = Object.entries(values).map(([blank, value]) => [blank, escaped(value)]);
  return { text: say(message, Object.fromEntries(blanks)) };
}

/** Return the message that says that the answers are forgotten. */
export const cancelled = () => ({ text: say("commands.cancelled") });

const ask = (step) => say(`registration.${step}.ask`, { who: say("registration.you") });

const chosen = (step, told) => say(`registration.${step}.${told[step]}`);

const numbered = (step, text) => `<i>${say("dialogue.progress", { step, steps: STEPS })}</i>\n${tidy(text)}`;

function understood(step, answer) {
  return say("dialogue.understood", { label: say(`registration.${step}.label`), answer });
}

const after = (step, answer, number, text) => `${understood(step, answer)}\n\n${numbered(number, text)}`;

function priced(step, { options }, text) {
  return [{ text, buttons: keyboard(step, options.map(([choice, words]) => button(step, words, choice))) }];
}

const total = (told) => pricesFor(told).months[told.programmes].totals[told.months];

const spanOf = (span) => span.replaceAll(":", ".").replace("-", "–");

function job(told) {
  return told.occupation.id === "lainnya" ? escaped(told.occupation.words) : say(`occupations.${told.occupation.id}`);
}

function readBack(told) {
  const line = (label, answer) => say("dialogue.line", { label: say(label), answer });
  const lines = Object.entries(SHOWN).map(([step, shown]) => line(`registration.${step}.label`, shown(told)));
  const odd = nik.warnings(told.nik, crib.today, { stated: told.birth_date, sex: told.sex });
  const doubts = [...odd, ...checkAge(told.birth_date, crib.today)];
  return say("registration.review.ask", {
    answers: [...lines, line("offer.total_label", total(told))].join("\n"),
    doubts: doubts.map((name) => say("dialogue.doubt", { doubt: say(name) })).join("\n"),
  });
}
