// What a link in a chat does: a link to the bot opens on the phone one chooses, any other in a new tab.

import { ask, pick } from "./dialogs.js";
import { el, initials, safeUrl } from "./dom.js";

const TELEGRAM = ["t.me", "telegram.me"];

/** Follows a link that was tapped on a phone. */
export async function follow(phone, url) {
  const code = startCode(url, phone.bot?.username);
  if (code !== null) return openBot(phone, url, code);
  const sure = await ask(phone.screen, { title: "link.ask", text: { text: url.href }, yes: "link.open" });
  return sure && open(url.href, "_blank", "noopener,noreferrer");
}

// The start code of a link to the bot, or of the link that is shared with it; "" has none, null is another link.
function startCode(url, username) {
  if (!TELEGRAM.includes(url.hostname)) return null;
  const path = url.pathname.slice(1).toLowerCase();
  if (path === "share/url") {
    const shared = safeUrl(url.searchParams.get("url") ?? "");
    return shared && startCode(shared, username);
  }
  return path === username?.toLowerCase() ? (url.searchParams.get("start") ?? "") : null;
}

async function openBot(phone, url, code) {
  const there = phone.everybody().filter(({ person }) => !person.left && !person.blocked);
  const text = el("p", { class: "link-text" }, url.href);
  const chosen = await pick(phone.screen, { title: "link.who", text, choices: there.map((one) => [choice(one), one]) });
  return chosen && chosen.say(["/start", code].filter(Boolean).join(" "));
}

function choice({ person, fullName }) {
  const face = el("span", { class: "avatar", "aria-hidden": "true" }, initials(fullName));
  const name = [fullName, person.label].filter(Boolean).join(", ");
  return el("button", { type: "button", test: "link-phone", "data-person": person.id }, face, name);
}
