/** Names as on the KTP: Latin letters, space and ' . , - ; one word is a whole name. */
import { Refused } from "./refused.js";
import { clean } from "./text.js";

const SHORTEST = 2;
const LONGEST = 100;

/** Return a name with single blanks, its letters as typed; one all in small letters gets capitals. */
export function readName(text) {
  const typed = clean(text.replace(/[‘’‛ʻʼʽ`´′]/g, "'").replace(/[‐‑‒–—−]/g, "-"), 4 * LONGEST);
  const name = typed.replace(/^[ .,-]+|[ ,-]+$/g, "");
  checkCharacters(name);
  if ((name.match(/\p{L}/gu) ?? []).length < SHORTEST) throw new Refused("names.too_short", { shortest: SHORTEST });
  if (name.length > LONGEST) throw new Refused("names.too_long", { got: name.length, longest: LONGEST });
  return name === name.toLowerCase() ? capitals(name) : name;
}

function checkCharacters(name) {
  const mark = /[^\p{Script=Latin}\p{M} '.,-]/u.exec(name)?.[0];
  if (mark === undefined) return;
  if (/\p{Nd}/u.test(mark)) throw new Refused("names.digits");
  if (/\p{L}/u.test(mark)) throw new Refused("names.other_script");
  throw new Refused("names.other_mark", { mark });
}

function capitals(name) {
  return name.replace(/(?<![^\s.,-])\p{L}/gu, (letter) => letter.toUpperCase());
}
