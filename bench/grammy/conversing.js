/** The form as one conversation, which waits for each answer where it has asked. */
import { conversations, createConversation } from "@grammyjs/conversations";

import { Refused } from "./checks/refused.js";
import { answersOf, BEGIN, form } from "./form.js";
import { cancelled, questions, receipt, refusal } from "./questions.js";
import { file } from "./rows.js";
import { send, sendAll } from "./sending.js";

/** Install the form; conversations are kept by `adapter`, in memory where there is none. */
export function conversing(bot, getStorageKey, adapter) {
  const storage = adapter && { type: "key", version: 1, getStorageKey, adapter };
  bot.use(conversations({ storage }));
  bot.command(["start", "batal"], async (ctx) => {
    await ctx.conversation.exitAll();
    await sendAll(ctx, ctx.hasCommand("start") ? questions.greeted() : [cancelled()]);
  });
  bot.use(createConversation(registration));
  bot.callbackQuery(BEGIN, async (ctx) => {
    await ctx.answerCallbackQuery();
    await ctx.conversation.enter("registration");
  });
}

/** The whole registration, from the consent to the receipt. */
async function registration(conversation, first) {
  const told = {};
  let [ctx, state] = [first, "consent"];
  while (state !== "sent") {
    await sendAll(ctx, questions[state](told));
    [ctx, state] = await answered(conversation, state, told);
  }
  const reference = await conversation.external(() => file(ctx.from.id, told));
  await send(ctx, receipt(reference, told));
}

/** Wait for the answer of a state, note it, and return its context and the next state. */
async function answered(conversation, state, told) {
  const step = form[state];
  for (;;) {
    const ctx = await conversation.waitUntil((one) => heard(one, step), { next: true });
    try {
      return [ctx, await note(ctx, state, step, told)];
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      await send(ctx, refusal(error));
    }
  }
}

/** Say whether an update is what a step waits for. */
function heard(ctx, step) {
  const taps = step.tapped && ctx.has("callback_query:data") && answersOf(step.taps).test(ctx.callbackQuery.data);
  return taps || (step.typed && ctx.has("message:text")) || (step.shared && ctx.has("message:contact")) || false;
}

/** Let a step read an answer, and return the next state. */
async function note(ctx, state, step, told) {
  if (ctx.callbackQuery) await ctx.answerCallbackQuery();
  if (step.goes) await ctx.deleteMessage();
  if (ctx.callbackQuery) {
    step.tapped(told, answersOf(step.taps).exec(ctx.callbackQuery.data)[1]);
    return step.next;
  }
  if (ctx.message.contact) step.shared(told, ctx.message.contact.phone_number);
  else step.typed(told, ctx.message.text);
  return step.again ? state : step.next;
}
