/** The registration on grammY with its concurrent runner; FORM=conversation has its other form, see the README. */
import { run, sequentialize } from "@grammyjs/runner";
import { FileAdapter } from "@grammyjs/storage-file";
import { Bot } from "grammy";

import { conversing } from "./conversing.js";
import { routed } from "./routed.js";

const { BOT_TOKEN, BOT_API_URL, FORM, KEEP, KEPT } = process.env;

const chatOf = (ctx) => ctx.chat?.id.toString();
const bot = new Bot(BOT_TOKEN, { client: { apiRoot: BOT_API_URL } });
bot.use(sequentialize(chatOf));
const install = FORM === "conversation" ? conversing : routed;
install(bot, chatOf, KEEP === "file" ? new FileAdapter({ dirName: KEPT }) : undefined);
bot.catch(({ error }) => console.error(error));

const runner = run(bot);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => runner.isRunning() && runner.stop());
