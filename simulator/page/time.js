// Simulated time. People in the demonstration read western Indonesian time (WIB, UTC+7, no summer time).

import { pageLanguage } from "./words.js";

const HOUR = 3600e3;
const WIB = 7 * HOUR;
const MORNING = 9; // reminders go out in the morning, so a jump to a day lands there

/** A Date from an ISO text or a Unix time in seconds. */
export function moment(value) {
  return new Date(typeof value === "number" ? value * 1000 : value);
}

/** "09.05", in WIB. */
export function clockText(date) {
  return written(date, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** "Sabtu, 8 Agustus 2026". */
export function dayText(date) {
  return written(date, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

/** "Sab, 8 Agu 2026". */
export function shortDayText(date) {
  return written(date, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
}

/** "8 Agustus 2026 pukul 09.00 WIB". */
export function whenText(date) {
  const day = written(date, { day: "numeric", month: "long", year: "numeric" });
  return pageLanguage() === "id" ? `${day} pukul ${clockText(date)} WIB` : `${day}, ${clockText(date)} WIB`;
}

/** The WIB day as "2026-08-08", for comparing days. */
export function dayOf(date) {
  return new Date(date.getTime() + WIB).toISOString().slice(0, 10);
}

/** The value of a datetime-local field, in WIB. */
export function fieldText(date) {
  return new Date(date.getTime() + WIB).toISOString().slice(0, 16);
}

/** The moment a datetime-local field in WIB means. */
export function fieldMoment(text) {
  return new Date(Date.parse(`${text.slice(0, 16)}:00Z`) - WIB);
}

/** The furthest the clock moves at once: every day on the way is lived through. */
export function yearAfter(date) {
  return new Date(date.getTime() + 365 * 24 * HOUR);
}

/** Where the clock's buttons lead from a moment: tomorrow, the next 8th, the 1st of next month, at 09.00 WIB. */
export function targets(now) {
  const local = new Date(now.getTime() + WIB);
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
  const at = (y, m, d) => new Date(Date.UTC(y, m, d, MORNING) - WIB);
  const eighth = at(year, month, 8);
  return {
    hour: new Date(now.getTime() + HOUR),
    tomorrow: at(year, month, day + 1),
    eighth: eighth > now ? eighth : at(year, month + 1, 8),
    month: at(year, month + 1, 1),
  };
}

function written(date, parts) {
  const locale = pageLanguage() === "id" ? "id-ID" : "en-GB";
  return new Intl.DateTimeFormat(locale, { ...parts, timeZone: "Asia/Jakarta" }).format(date);
}
