// The wire to the simulator: its person-side requests and its stream of events.

const EVENTS = ["message", "edit", "delete", "callback", "clock", "typing", "people"];

/** A request the simulator refused, or that it could not answer. */
export class Refusal extends Error {
  /** What the page says about it, for words.js. */
  get spoken() {
    return this.message === "offline" ? "offline" : ["failed", { error: this.message }];
  }
}

async function call(path, body) {
  const asked = body === undefined ? {} : posted(body);
  let response;
  try {
    response = await fetch(path, asked);
  } catch {
    throw new Refusal("offline");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(answer.error ?? `HTTP ${response.status}`);
  return answer;
}

function posted(body) {
  if (body instanceof FormData) return { method: "POST", body };
  return { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
}

export const state = () => call("/sim/state");
export const addPerson = (person) => call("/sim/people", person);
export const moveClock = (to) => call("/sim/clock", { to: to.toISOString() });
export const advanceClock = (seconds) => call("/sim/clock", { advance_seconds: seconds });
export const callbackAnswer = (id) => call(`/sim/callback/${encodeURIComponent(id)}`);

/** What one person can do in their chat with the bot. */
export class Person {
  constructor(id) {
    this.path = `/sim/people/${encodeURIComponent(id)}`;
  }

  chat = () => call(`${this.path}/chat`);
  text = (text) => call(`${this.path}/text`, { text });
  tap = (messageId, data) => call(`${this.path}/tap`, { message_id: messageId, data });
  edit = (messageId, text) => call(`${this.path}/edit`, { message_id: messageId, text });
  forward = (messageId) => call(`${this.path}/forward`, { message_id: messageId });
  ownContact = () => call(`${this.path}/contact`, { own: true });
  otherContact = (name, phone) => call(`${this.path}/contact`, { own: false, first_name: name, phone_number: phone });
  location = (latitude, longitude) => call(`${this.path}/location`, { latitude, longitude });
  group = (text) => call(`${this.path}/group`, { text });
  block = () => call(`${this.path}/block`, {});
  unblock = () => call(`${this.path}/unblock`, {});
  leave = () => call(`${this.path}/leave`, {});

  file(kind, file, name, caption) {
    const form = new FormData();
    form.append("kind", kind);
    if (caption) form.append("caption", caption);
    form.append("file", file, name);
    return call(`${this.path}/file`, form);
  }
}

/** Listens to the simulator until the page closes; `onOpen` after each (re)connection, `onLost` when it breaks. */
export function listen({ onEvent, onOpen, onLost }) {
  const stream = new EventSource("/sim/events");
  let retry = null;
  const heard = (event) => {
    const data = JSON.parse(event.data);
    onEvent({ type: event.type, ...data });
  };
  for (const kind of EVENTS) stream.addEventListener(kind, heard);
  stream.onopen = onOpen;
  stream.onerror = () => {
    onLost();
    if (stream.readyState !== EventSource.CLOSED || retry) return;
    retry = setTimeout(() => listen({ onEvent, onOpen, onLost }), 2000);
  };
}
