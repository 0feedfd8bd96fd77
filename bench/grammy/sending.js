/** Sending what is said, as everybody sends it. */

/** Send one message to the chat of an update. */
export async function send(ctx, { text, buttons, protect }) {
  await ctx.reply(text, {
    parse_mode: "HTML",
    link_preview_options: { is_disabled: true },
    reply_markup: buttons,
    protect_content: protect,
  });
}

/** Send messages one after the other. */
export async function sendAll(ctx, messages) {
  for (const message of messages) await send(ctx, message);
}
