/** Dates of birth as people write them here, day first. */
import { age, isoDay, lastDay } from "./days.js";
import { Refused } from "./refused.js";
import { plain } from "./text.js";

const OLDEST = 100;
const ROMAN = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];
const BESIDE = new Set(
  (
    "tanggal tgl tg lahir ttl pada tahun thn bulan bln hari of the st nd rd th born on" +
    " senin selasa rabu kamis jumat sabtu minggu ahad"
  ).split(" "),
);
const ALSO = { 1: ["pebruari"], 7: ["ags", "agt"], 10: ["nopember"] };
const MONTHS = ROMAN.map((_, at) => [...["id", "en"].map((language) => monthName(language, at)), ...(ALSO[at] ?? [])]);

/** Return the day of birth that was written, as ISO text; Refused where it leaves a doubt. */
export function readDate(text, today) {
  const [day, month, year] = parted(wordsOf(text));
  if (![2, 4].includes(year.length)) throw new Refused("dates.year_digits", { year });
  const whole = wholeYear(day, month, year, today);
  const last = lastDay(whole, month);
  if (day < 1 || day > last) throw new Refused("dates.no_such_day", { day, month, year: whole, last });
  const born = isoDay(whole, month, day);
  if (born > today) throw new Refused("dates.future", { year: whole });
  if (age(born, today) > OLDEST) throw new Refused("dates.too_long_ago", { year: whole, years: OLDEST });
  return born;
}

function monthName(language, at) {
  return new Intl.DateTimeFormat(language, { month: "long", timeZone: "UTC" }).format(Date.UTC(2000, at)).toLowerCase();
}

/** Split into numbers and words, leaving out the birthplace and the words beside. */
function wordsOf(text) {
  const said = plain(text).replace(/^[^0-9,]*,(?=.*[0-9].*[0-9])/, "");
  const words = (said.match(/[0-9]+|[a-z]+/g) ?? []).filter((word) => !BESIDE.has(word));
  while (words.length > 3 && !isNumber(words[0])) words.shift();
  return words;
}

const isNumber = (word) => /^[0-9]+$/.test(word);

/** Return day and month as numbers, and the year as it was written. */
function parted(words) {
  if (words.length === 1 && /^(?:[0-9]{6}|[0-9]{8})$/.test(words[0])) return run(words[0]);
  if (words.length !== 3 || !isNumber(words[2])) throw incomplete(words);
  if (words.every(isNumber)) return numbers(...words);
  const [first, second, third] = words;
  if (!isNumber(first) && isNumber(second)) return [Number(second), monthOf(first), third];
  if (!isNumber(first)) throw incomplete(words);
  const [day, year] = first.length === 4 ? [third, first] : [first, third];
  return [Number(day), monthOf(second), year];
}

/** Read 17081990, 170890 or 19900817. */
function run(digits) {
  if (/^(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{2}$/.test(digits)) {
    return numbers(digits.slice(0, 4), digits.slice(4, 6), digits.slice(6));
  }
  return numbers(digits.slice(0, 2), digits.slice(2, 4), digits.slice(4));
}

function numbers(first, second, third) {
  const [day, year] = first.length === 4 ? [third, first] : [first, third];
  if (Number(second) > 12 && Number(day) >= 1 && Number(day) <= 12) {
    throw new Refused("dates.month_first", { month: Number(second), guess: `${Number(second)}-${Number(day)}-${year}` });
  }
  return [Number(day), monthOf(second), year];
}

function monthOf(word) {
  if (isNumber(word)) {
    if (Number(word) >= 1 && Number(word) <= 12) return Number(word);
    throw new Refused("dates.no_such_month", { month: Number(word) });
  }
  if (ROMAN.includes(word)) return ROMAN.indexOf(word) + 1;
  const meant = MONTHS.flatMap((names, at) => (names.some((name) => name.startsWith(word)) ? [at + 1] : []));
  if (word.length < 3 || meant.length !== 1) throw new Refused("dates.unknown_month", { word });
  return meant[0];
}

function incomplete(words) {
  const last = words.at(-1) ?? "";
  if (words.length === 1 && /^(?:19|20)[0-9]{2}$/.test(last)) return new Refused("dates.only_year", { year: last });
  if (words.length === 2 && /^[0-9]{4}$/.test(last)) return new Refused("dates.no_day", { year: last });
  return new Refused(words.length === 2 ? "dates.no_year" : "dates.unclear");
}

function wholeYear(day, month, year, today) {
  if (year.length === 4) return Number(year);
  const thisCentury = 2000 + Number(year);
  const [at, of] = [day, month].map((one) => String(one).padStart(2, "0"));
  return `${thisCentury}-${of}-${at}` > today ? thisCentury - 100 : thisCentury;
}
