/** Who may join, by age: the limits of rules/data/eligibility.csv. */
import { readFileSync } from "node:fs";

import { age } from "./days.js";
import { Refused } from "./refused.js";

const TABLE = new URL("../../../rules/data/eligibility.csv", import.meta.url);
const rows = readFileSync(TABLE, "utf8").split("\n").map((line) => line.split(","));
const limits = Object.fromEntries(rows.slice(1).map(([name, value]) => [name, Number(value)]));

/** Return the names of what an officer should know about an age; Refused outside the limits. */
export function checkAge(born, today) {
  const years = age(born, today);
  if (years >= limits.max_new_age) throw new Refused("eligibility.too_old", { age: years, limit: limits.max_new_age });
  if (years < limits.min_age) throw new Refused("eligibility.too_young", { age: years, limit: limits.min_age });
  return years < limits.warn_below ? ["eligibility.young"] : [];
}
