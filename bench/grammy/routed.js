/** The form as a state in the session, and a router over it: a route a state. */
import { Router } from "@grammyjs/router";
import { MemorySessionStorage, session } from "grammy";

import { Refused } from "./checks/refused.js";
import { answersOf, BEGIN, form } from "./form.js";
import { cancelled, questions, receipt, refusal } from "./questions.js";
import { file } from "./rows.js";
import { send, sendAll } from "./sending.js";

/** Install the form; sessions are kept by `storage`, in memory where there is none. */
export function routed(bot, getSessionKey, storage = new MemorySessionStorage()) {
  bot.use(session({ initial: () => ({ state: "nowhere", told: {} }), getSessionKey, storage }));
  bot.use(refusing);
  bot.command("start", (ctx) => go(ctx, "greeted"));
  bot.command("batal", cancel);
  const router = new Router((ctx) => ctx.session.state);
  router.route("greeted").callbackQuery(BEGIN, begin);
  for (const [state, step] of Object.entries(form)) route(router.route(state), state, step);
  bot.use(router);
}

/** Let one state of the form hear what it waits for. */
function route(here, state, step) {
  if (step.tapped) here.callbackQuery(answersOf(step.taps), (ctx) => tapped(ctx, step));
  if (step.typed) here.on("message:text", (ctx) => typed(ctx, step, step.again ? state : step.next));
  if (step.shared) here.on("message:contact", (ctx) => shared(ctx, step));
}

async function begin(ctx) {
  await ctx.answerCallbackQuery();
  ctx.session.told = {};
  await go(ctx, "consent");
}

async function tapped(ctx, step) {
  await ctx.answerCallbackQuery();
  if (step.goes) await ctx.deleteMessage();
  step.tapped(ctx.session.told, ctx.match[1]);
  await (step.next === "sent" ? finish(ctx) : go(ctx, step.next));
}

async function typed(ctx, step, next) {
  if (step.goes) await ctx.deleteMessage();
  step.typed(ctx.session.told, ctx.message.text);
  await go(ctx, next);
}

async function shared(ctx, step) {
  step.shared(ctx.session.told, ctx.message.contact.phone_number);
  await go(ctx, step.next);
}

/** Ask the question of a state, and wait there. */
async function go(ctx, state) {
  ctx.session.state = state;
  await sendAll(ctx, questions[state](ctx.session.told));
}

/** File the application, forget the answers, and give a receipt. */
async function finish(ctx) {
  const { told } = ctx.session;
  const reference = file(ctx.from.id, told);
  ctx.session = null;
  await send(ctx, receipt(reference, told));
}

async function cancel(ctx) {
  ctx.session = null;
  await send(ctx, cancelled());
}

/** Say what was wrong, and stay at the question. */
async function refusing(ctx, next) {
  try {
    await next();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await send(ctx, refusal(error));
  }
}
