/** Messages of our catalogues by name, their blanks filled. */
import { crib } from "./crib.js";

/** Return a message in Indonesian; a blank without a value stays as it is. */
export function say(name, values = {}) {
  return crib.messages[name].replace(/\{(\w+)\}/g, (blank, of) => values[of] ?? blank);
}

/** Return what somebody typed as HTML. */
export function escaped(text) {
  return String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Return a text without the empty lines that unused blanks leave. */
export function tidy(text) {
  return text.replace(/\n{3,}/g, "\n\n").trim();
}
