/** The registration on grammY: a session a chat, a route a state of the form, and the concurrent runner. */
import { Router } from "@grammyjs/router";
import { run, sequentialize } from "@grammyjs/runner";
import { FileAdapter } from "@grammyjs/storage-file";
import { Bot, MemorySessionStorage, session } from "grammy";

import { Refused } from "./checks/refused.js";
import { answersOf, form } from "./form.js";
import { cancelled, questions, receipt, refusal } from "./questions.js";
import { file } from "./rows.js";

const { BOT_TOKEN, BOT_API_URL, KEEP, KEPT } = process.env;

const bot = new Bot(BOT_TOKEN, { client: { apiRoot: BOT_API_URL } });
const chatOf = (ctx) => ctx.chat?.id.toString();
const storage = KEEP === "file" ? new FileAdapter({ dirName: KEPT }) : new MemorySessionStorage();

bot.use(sequentialize(chatOf));
bot.use(session({ initial: () => ({ state: "nowhere", told: {} }), getSessionKey: chatOf, storage }));
bot.use(refusing);

bot.command("start", (ctx) => go(ctx, "greeted"));
bot.command("batal", async (ctx) => {
  ctx.session = null;
  await send(ctx, cancelled());
});

const router = new Router((ctx) => ctx.session.state);
router.route("greeted").callbackQuery(/^v1\|c\|daftar\|/, async (ctx) => {
  await ctx.answerCallbackQuery();
  ctx.session.told = {};
  await go(ctx, "consent");
});
for (const [state, step] of Object.entries(form)) route(router.route(state), state, step);
bot.use(router);

bot.catch(({ error }) => console.error(error));
const runner = run(bot);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => runner.isRunning() && runner.stop());

/** Let one state of the form hear what it waits for. */
function route(here, state, step) {
  if (step.tapped) here.callbackQuery(answersOf(step.taps), (ctx) => tapped(ctx, step));
  if (step.typed) here.on("message:text", (ctx) => typed(ctx, step, step.again ? state : step.next));
  if (step.shared) here.on("message:contact", (ctx) => shared(ctx, step));
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
  for (const message of questions[state](ctx.session.told)) await send(ctx, message);
}

/** File the application, forget the answers, and give a receipt. */
async function finish(ctx) {
  const { told } = ctx.session;
  const reference = file(ctx.from.id, told);
  ctx.session = null;
  await send(ctx, receipt(reference, told));
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

async function send(ctx, { text, buttons, protect }) {
  await ctx.reply(text, {
    parse_mode: "HTML",
    link_preview_options: { is_disabled: true },
    reply_markup: buttons,
    protect_content: protect,
  });
}
