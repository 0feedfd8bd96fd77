/** What a person typed, made safe to keep and show. */
const LIMIT = 4096;
const INVISIBLE = /[\p{C}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f]/gu;

/** Return at most `limit` characters of NFKC text: nothing invisible, no blank but single spaces. */
export function clean(text, limit = LIMIT) {
  const words = text.slice(0, limit).replace(/\s+/g, " ");
  return words.replace(INVISIBLE, "").normalize("NFKC").replace(/\s+/g, " ").slice(0, limit).trim();
}

/** Return a text in small letters, without the marks above and below them. */
export function plain(text) {
  return clean(text, 128).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
