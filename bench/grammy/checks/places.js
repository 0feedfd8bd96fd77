/** The codes of places that numbers begin with: those in force and those that only old numbers carry. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const DATA = new URL("../../../rules/data/", import.meta.url);
const DISTRICT = 6;

const firstCells = (text) => text.split("\n").slice(1).map((line) => line.split(",", 1)[0]);

const today = firstCells(gunzipSync(readFileSync(new URL("regions.csv.gz", DATA))).toString("utf8"));
const retired = firstCells(readFileSync(new URL("retired_regions.csv", DATA), "utf8"));
const known = new Set([...today.filter((code) => code.length <= DISTRICT), ...retired]);

/** Return the names of what to say about the place a NIK begins with: none, or one. */
export function placeWarnings(digits) {
  if (known.has(digits.slice(0, 6))) return [];
  if (!known.has(digits.slice(0, 2))) return ["nik.unknown_province"];
  return [known.has(digits.slice(0, 4)) ? "nik.unknown_district" : "nik.unknown_regency"];
}
