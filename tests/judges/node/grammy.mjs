// grammY drives the sandbox's Bot API.
import assert from "node:assert/strict";
import http from "node:http";
import { Bot, GrammyError, InlineKeyboard, InputFile, Keyboard, webhookCallback } from "grammy";
import { base, control, run, until } from "./features.mjs";

const TOKEN = "7654321:grammy-token", NAME = "grammy_bot", SECRET = "s3cret";
await control("telegram/bots", { token: TOKEN, username: NAME, name: "و", rate: 0, chat_rate: 0 });
const [phone] = await control("phones", { name: "ليلى", started_bot: NAME });
const channel = await control("telegram/channels", { title: "الأخبار", username: "grammy_news", bot: NAME });
const bot = new Bot(TOKEN, { client: { apiRoot: base } });
const chat = phone.telegram_id, api = bot.api;
const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");
const refused = (promise, code, words) => assert.rejects(promise, (error) => error instanceof GrammyError && error.error_code === code && error.description.includes(words));
let sent, photo, offset = 0;

async function updates(kind) {
  return until(async () => {
    const found = await api.getUpdates({ offset, timeout: 1, allowed_updates: ["message", "callback_query", "my_chat_member"] });
    for (const one of found) offset = one.update_id + 1;
    return found.find((one) => one[kind]);
  }, kind);
}

await run({
  get_me: async () => assert.equal((await api.getMe()).username, NAME),
  send_html: async () => {
    sent = await api.sendMessage(chat, "<b>عاجل</b> خبر", { parse_mode: "HTML" });
    assert.deepEqual(sent.entities[0], { type: "bold", offset: 0, length: 4 });
  },
  send_markdown: async () => assert.equal((await api.sendMessage(chat, "*عاجل* خبر", { parse_mode: "MarkdownV2" })).text, "عاجل خبر"),
  markup_errors: () => refused(api.sendMessage(chat, "<b>x", { parse_mode: "HTML" }), 400, "can't parse entities"),
  edit: async () => assert.ok((await api.editMessageText(chat, sent.message_id, "تصويب")).edit_date),
  not_modified: () => refused(api.editMessageText(chat, sent.message_id, "تصويب"), 400, "message is not modified"),
  reply: async () => assert.equal((await api.sendMessage(chat, "ردّ", { reply_parameters: { message_id: sent.message_id } })).reply_to_message.message_id, sent.message_id),
  silent: async () => assert.ok((await api.sendMessage(chat, "ليلاً", { disable_notification: true })).message_id),
  link_preview: async () => assert.ok((await api.sendMessage(chat, "https://x.example", { link_preview_options: { is_disabled: true } })).link_preview_options.is_disabled),
  photo_upload: async () => {
    photo = await api.sendPhoto(chat, new InputFile(png, "a.png"), { caption: "صورة" });
    assert.equal(photo.caption, "صورة");
  },
  photo_again: async () => assert.ok((await api.sendPhoto(chat, photo.photo.at(-1).file_id)).photo.length),
  caption: async () => assert.equal((await api.editMessageCaption(chat, photo.message_id, { caption: "تصويب الصورة" })).caption, "تصويب الصورة"),
  album: async () => {
    const media = ["أ", "ب"].map((caption) => ({ type: "photo", media: new InputFile(png, "a.png"), caption }));
    const album = await api.sendMediaGroup(chat, media);
    assert.equal(album[0].media_group_id, album[1].media_group_id);
  },
  file: async () => {
    const file = await api.getFile(photo.photo.at(-1).file_id);
    assert.equal((await fetch(`${base}/file/bot${TOKEN}/${file.file_path}`)).status, 200);
  },
  keyboard: async () => assert.ok((await api.sendMessage(chat, "اختر", { reply_markup: new Keyboard().text("سياسة").resized() })).message_id),
  callback: async () => {
    const asked = await api.sendMessage(chat, "اختر", { reply_markup: new InlineKeyboard().text("سياسة", "s:politics") });
    await control(`phones/${phone.id}/tap`, { to: NAME, id: String(asked.message_id), data: "s:politics" });
    const { callback_query: query } = await updates("callback_query");
    assert.equal(query.data, "s:politics");
    assert.equal(await api.answerCallbackQuery(query.id, { text: "تمّ" }), true);
    assert.ok(await api.editMessageReplyMarkup(chat, asked.message_id, { reply_markup: new InlineKeyboard().text("✓ سياسة", "s:politics") }));
  },
  deep_link: async () => {
    await control(`phones/${phone.id}/say`, { app: "telegram", to: NAME, text: "/start politics" });
    const { message } = await updates("message");
    assert.equal(message.entities[0].type, "bot_command");
  },
  commands: async () => {
    await api.setMyCommands([{ command: "stop", description: "إيقاف الأخبار" }], { language_code: "ar" });
    assert.equal((await api.getMyCommands({ language_code: "ar" }))[0].description, "إيقاف الأخبار");
  },
  description: async () => {
    await api.setMyDescription("أخبار الوكالة", { language_code: "ar" });
    assert.equal((await api.getMyDescription({ language_code: "ar" })).description, "أخبار الوكالة");
  },
  channel: async () => {
    const post = await api.sendMessage("@grammy_news", "خبر");
    assert.equal(post.sender_chat.id, channel.id);
    assert.ok((await api.editMessageText("@grammy_news", post.message_id, "تصويب")).edit_date);
    assert.equal(await api.deleteMessage("@grammy_news", post.message_id), true);
  },
  chat_member: async () => assert.equal((await api.getChatMember("@grammy_news", Number(TOKEN.split(":")[0]))).status, "administrator"),
  delete_many: async () => assert.equal(await api.deleteMessages(chat, [sent.message_id, photo.message_id]), true),
  chat_not_found: () => refused(api.sendMessage(99, "x"), 400, "chat not found"),
  flood: async () => {
    await control("faults", { rules: [{ what: 429, when: { calls: [1, 1] }, seconds: 7 }], bot: NAME });
    await assert.rejects(api.sendMessage(chat, "x"), (error) => error.error_code === 429 && error.parameters.retry_after === 7);
    await control("faults", null, "DELETE");
    await control("clock", { advance_ms: 8000 });
  },
  blocked: async () => {
    await control(`phones/${phone.id}/block`, { app: "telegram", to: NAME, blocked: true });
    assert.equal((await updates("my_chat_member")).my_chat_member.new_chat_member.status, "kicked");
    await refused(api.sendMessage(chat, "x"), 403, "bot was blocked by the user");
    await control(`phones/${phone.id}/block`, { app: "telegram", to: NAME, blocked: false });
  },
  webhook: async () => {
    const heard = [];
    const hooked = new Bot(TOKEN, { client: { apiRoot: base } });
    hooked.on("message:text", (context) => { heard.push(context.message.text); });
    const server = http.createServer(webhookCallback(hooked, "http", { secretToken: SECRET }));
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    await api.setWebhook(`http://127.0.0.1:${server.address().port}/`, { secret_token: SECRET });
    await control(`phones/${phone.id}/say`, { app: "telegram", to: NAME, text: "اشتراك" });
    await until(() => heard.includes("اشتراك"), "the webhook");
    await refused(api.getUpdates(), 409, "webhook is active");
    await api.deleteWebhook();
    server.close();
  },
});
