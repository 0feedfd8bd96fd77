/** Rupiah as people write it in figures: "1,5 juta", "50rb sehari", "2 juta 500 ribu", "Rp1.500.000". */
import { Refused } from "./refused.js";
import { plain } from "./text.js";

const HIGHEST = 10_000_000_000;
const SMALLEST_PLAIN = 1_000;
const SCALES = { ribu: 1e3, rb: 1e3, k: 1e3, juta: 1e6, jt: 1e6, miliar: 1e9, milyar: 1e9 };
const NUMBER = String.raw`([0-9][0-9.,]*)\s*(${Object.keys(SCALES).join("|")})?(?![a-z])\s*`;
const WHOLE = new RegExp(`^(?:${NUMBER})+$`);
const MARK = /\b(?:rp|idr)\b\.?|\brp\.?(?=[0-9])|\brupiah\b/g;
const PERIOD = /(?:\bse|\b(?:per|tiap|setiap)\s*|\/)(?:hari|minggu|bulan)\b|\b(?:hari|minggu|bulan)an\b/g;
const BESIDE = /\b(?:kurang lebih|sekitar|kira-?\s?kira|rata-?\s?rata|gaji|penghasilan|saya)\b|,\s*-+/g;

/** Return whole rupiah; Refused where a text is no sum, or where two readings are possible. */
export function readMoney(text) {
  const said = plain(text);
  if (/^\s*(?:rp\.?\s*)?[-−–—]\s*[0-9]/.test(said)) throw new Refused("money.negative");
  const bare = [PERIOD, MARK, BESIDE].reduce((left, part) => left.replace(part, " "), said).trim();
  if (!WHOLE.test(bare)) throw new Refused("money.unclear");
  const parts = [...bare.matchAll(new RegExp(NUMBER, "g"))].map(([, typed, unit]) => [typed, SCALES[unit]]);
  const certain = bare !== said.trim();
  return checked(parts.length === 1 ? single(...parts[0], certain) : added(parts));
}

/** Return rupiah for reading: `Rp16.800`. */
export const rupiah = (amount) => `Rp${String(amount).replace(/\B(?=(?:\d{3})+$)/g, ".")}`;

/** Read one figure: 1.500 in front of "ribu", and 1.500 alone, can be either of two sums. */
function single(typed, scale, certain) {
  const amount = figure(typed);
  if (scale !== undefined) {
    return /^[1-9][0-9]{0,2}[.,][0-9]{3}$/.test(typed) ? either((amount * scale) / 1000, amount * scale) : amount * scale;
  }
  if (amount === 0) throw new Refused("money.zero");
  if (amount < SMALLEST_PLAIN) throw new Refused("money.no_unit", { said: typed });
  const short = /^[0-9]{2}[.,](?!000)[0-9]{3}$/.test(typed);
  return !certain && (amount < 10 * SMALLEST_PLAIN || short) ? either(amount, amount * 1000) : amount;
}

/** Add figures whose units get smaller from left to right. */
function added(parts) {
  const falls = parts.every(([, scale], at) => scale !== undefined && (at === 0 || scale < parts[at - 1][1]));
  if (!falls) throw new Refused("money.unclear");
  return parts.reduce((sum, [typed, scale]) => sum + figure(typed) * scale, 0);
}

function figure(typed) {
  const digits = typed.replace(/[.,]+$/, "");
  if (/^[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+|(?:,[0-9]{3})+)$/.test(digits)) return Number(digits.replace(/[.,]/g, ""));
  if (/^[0-9]+(?:[.,][0-9]{1,2})?$/.test(digits)) return Number(digits.replace(",", "."));
  throw new Refused("money.unclear");
}

function either(low, high) {
  if (high > HIGHEST) return low;
  throw new Refused("money.ambiguous", { low: rupiah(low), high: rupiah(high) });
}

function checked(amount) {
  if (amount > HIGHEST) throw new Refused("money.too_much", { highest: rupiah(HIGHEST) });
  const whole = Math.round(amount);
  if (Math.abs(whole - amount) > 1e-6) throw new Refused("money.unclear");
  if (whole === 0) throw new Refused("money.zero");
  return whole;
}
