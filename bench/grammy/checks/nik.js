/** NIK, the 16 digits of a resident: PPRRCC DDMMYY SSSS, a woman's day plus 40. */
import { age, apart, isoDay } from "./days.js";
import { placeWarnings } from "./places.js";
import { Refused } from "./refused.js";
import { clean } from "./text.js";

const LENGTH = 16;
const WOMAN = 40;
const YOUNGEST = 17;
const FAR = 10;
const BEFORE = /^(?:(?:nomor|no|nik|e?-?ktp|saya|adalah)(?![a-z])|[\s.:=#])*/i;

/** Return the digits of a number as typed; Refused when it cannot exist. */
export function readNik(text) {
  const digits = clean(text, 128).replace(BEFORE, "").replace(/[\s.\-‐–—]/g, "");
  const got = digits.replace(/[^0-9]/g, "").length;
  if (!/^[0-9]+$/.test(digits)) throw new Refused("nik.not_digits", { got, wanted: LENGTH });
  if (got !== LENGTH) throw new Refused("nik.wrong_length", { got, wanted: LENGTH });
  if (/^(.)\1*$/.test(digits) || digits === "1234567890123456") throw new Refused("nik.repeated");
  if (days(digits).length === 0) throw new Refused("nik.no_such_date");
  if (digits.endsWith("0000")) throw new Refused("nik.no_serial");
  return digits;
}

/** Return the last four digits, the only ones to show. */
export const masked = (digits) => "*".repeat(LENGTH - 4) + digits.slice(-4);

/** Return all digits in groups of four. */
export const grouped = (digits) => digits.match(/.{4}/g).join(" ");

/** Return the sex that the day of birth tells. */
export const sexOf = (digits) => (Number(digits.slice(6, 8)) > WOMAN ? "female" : "male");

/** Return the birth date in a number, in the century nearest to `stated`, else the latest past one. */
export function bornBy(digits, today, stated) {
  const both = days(digits);
  const past = both.filter((day) => day <= today);
  const meant = past.length > 0 ? past : both;
  if (stated === undefined) return meant.at(-1);
  return meant.reduce((best, day) => (apart(day, stated) < apart(best, stated) ? day : best));
}

/** Return the names of what looks odd about a number, beside what was told of birth date and sex so far. */
export function warnings(digits, today, { stated, sex } = {}) {
  const born = bornBy(digits, today, stated);
  const found = placeWarnings(digits);
  if (stated !== undefined && stated !== born) found.push("nik.other_birth_date");
  if (sex !== undefined && sex !== sexOf(digits)) found.push("nik.other_sex");
  if (maybeFamilyCard(digits, born, today, { stated, sex })) found.push("nik.maybe_family_card");
  return found;
}

function maybeFamilyCard(digits, born, today, { stated, sex }) {
  if (sex === "female" && sexOf(digits) === "male") return true;
  if (born === stated) return false;
  const far = stated !== undefined && Math.abs(Number(born.slice(0, 4)) - Number(stated.slice(0, 4))) >= FAR;
  return far || age(born, today) < YOUNGEST;
}

/** Return the one or two days, oldest first, that DDMMYY can mean. */
function days(digits) {
  const [day, month, year] = [6, 8, 10].map((at) => Number(digits.slice(at, at + 2)));
  const ofMonth = day > WOMAN ? day - WOMAN : day;
  return [1900, 2000].map((century) => isoDay(century + year, month, ofMonth)).filter((one) => one !== null);
}
