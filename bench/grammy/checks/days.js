/** Days as ISO text, which sorts as days do: the calendar, ages, and how a day is read aloud. */
const LONG = new Intl.DateTimeFormat("id", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

/** Return the last day of a month. */
export const lastDay = (year, month) => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** Return a day as ISO text, or null where the calendar has none. */
export function isoDay(year, month, day) {
  if (month < 1 || month > 12 || day < 1 || day > lastDay(year, month)) return null;
  return [String(year).padStart(4, "0"), ...[month, day].map((one) => String(one).padStart(2, "0"))].join("-");
}

/** Return full years of life. */
export function age(born, today) {
  const birthdayComes = today.slice(5) < born.slice(5);
  return Number(today.slice(0, 4)) - Number(born.slice(0, 4)) - (birthdayComes ? 1 : 0);
}

/** Return how many days lie between two days. */
export const apart = (one, other) => Math.abs(Date.parse(one) - Date.parse(other)) / 86_400_000;

/** Return a day for reading: "17 Agustus 1990". */
export const long = (day) => LONG.format(Date.parse(day));
