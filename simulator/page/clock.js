// The clock of the demonstration: it runs with real time and can be moved ahead, for everybody at once.

import { form, notice } from "./dialogs.js";
import { el, icon } from "./dom.js";
import * as server from "./server.js";
import { clockText, fieldMoment, fieldText, shortDayText, targets, whenText, yearAfter } from "./time.js";
import { say } from "./words.js";

const LEAPS = { hour: "hour", tomorrow: "tomorrow", eighth: "eighth", "next-month": "month" };

export class ClockBar {
  #ahead = 0; // milliseconds between the simulated time and this computer's
  #moving = false; // day after day goes by, and the clock shows each
  #shown = "";

  /** `onTick(text)` gets "09.05" whenever the minute changes. */
  constructor(place, onTick) {
    this.onTick = onTick;
    this.day = el("span", { class: "clock-day" });
    this.hour = el("b", { class: "clock-hour" });
    const zone = el("span", { class: "zone" }, "WIB");
    this.now = el("p", { class: "clock-now", test: "clock-now", role: "timer", label: "clock.name", "aria-live": "off" });
    this.now.append(icon("clock"), this.hour, " ", zone, " ", this.day);
    this.leaps = Object.entries(LEAPS).map(([name, target]) => {
      const move = () => this.#move(() => (name === "hour" ? server.advanceClock(3600) : server.moveClock(targets(this.moment())[target])));
      return el("button", { type: "button", test: `clock-${name}`, word: `clock.${target}`, "data-target": target, on: { click: move } });
    });
    const custom = el("button", { type: "button", test: "clock-custom", word: "clock.custom", on: { click: () => this.#askMoment() } });
    this.node = el("div", { class: "clock", role: "group", label: "clock.name" }, this.now, el("div", { class: "leaps" }, this.leaps, custom));
    place.append(this.node);
    setInterval(() => this.#show(), 1000);
  }

  /** The simulated moment. */
  moment() {
    return new Date(Date.now() + this.#ahead);
  }

  /** Takes over the simulator's time. */
  set(iso) {
    this.#ahead = new Date(iso).getTime() - Date.now();
    this.#show();
  }

  /** Writes the time anew, for another language. */
  redraw() {
    this.#shown = "";
    this.#show();
  }

  #show() {
    const now = this.moment();
    const text = clockText(now);
    if (`${text} ${shortDayText(now)}` === this.#shown) return;
    this.#shown = `${text} ${shortDayText(now)}`;
    this.hour.textContent = text;
    this.day.textContent = shortDayText(now);
    const to = targets(now);
    for (const leap of this.leaps) leap.title = say("clock.to", { when: whenText(to[leap.dataset.target]) });
    this.onTick(text);
  }

  async #move(move) {
    if (this.#moving) return;
    this.#markMoving(true);
    try {
      this.set((await move()).now);
      notice(document.body, ["clock.moved", { when: whenText(this.moment()) }]);
    } catch (refusal) {
      if (!(refusal instanceof server.Refusal)) throw refusal;
      notice(document.body, refusal.spoken, true);
    } finally {
      this.#markMoving(false);
    }
  }

  #markMoving(moving) {
    this.#moving = moving;
    this.node.setAttribute("aria-busy", String(moving));
  }

  async #askMoment() {
    const { tomorrow } = targets(this.moment());
    const value = fieldText(tomorrow);
    const [min, max] = [fieldText(this.moment()), fieldText(yearAfter(this.moment()))];
    const field = { name: "when", word: "clock.when", test: "clock-custom-value", type: "datetime-local", required: true, value, min, max };
    const answer = await form(document.body, { title: "clock.custom", text: "clock.explain", fields: [field] });
    if (answer) await this.#move(() => server.moveClock(fieldMoment(answer.when)));
  }
}
