/** What this peer is told of our words, prices and searches: the JSON file in CRIB, written for one run. */
import { readFileSync } from "node:fs";

export const crib = JSON.parse(readFileSync(process.env.CRIB, "utf8"));

const labels = new Map(Object.values(crib.villages).flatMap((search) => search.found));

/** Return the label of the village with a code. */
export const labelOf = (code) => labels.get(code);

/** Return the prices for the work and income that were told; throw where the run has none. */
export function pricesFor(told) {
  const prices = crib.prices[`${told.occupation.id}|${told.income}`];
  if (prices === undefined) throw new Error("this run has no price for that work and income");
  return prices;
}
