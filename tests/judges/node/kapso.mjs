// @kapso/whatsapp-cloud-api drives the sandbox's Cloud API.
import assert from "node:assert/strict";
import http from "node:http";
import { WhatsAppClient } from "@kapso/whatsapp-cloud-api";
import { normalizeWebhook, verifySignature } from "@kapso/whatsapp-cloud-api/server";
import { base, control, run, until } from "./features.mjs";

const phoneNumberId = "100", SECRET = "app-secret", heard = [];
const server = http.createServer((request, response) => {
  const url = new URL(request.url, base), parts = [];
  if (request.method === "GET") return response.end(url.searchParams.get("hub.challenge"));
  request.on("data", (part) => parts.push(part)).on("end", () => {
    const rawBody = Buffer.concat(parts), signatureHeader = request.headers["x-hub-signature-256"];
    const genuine = verifySignature({ appSecret: SECRET, rawBody, signatureHeader });
    const forged = verifySignature({ appSecret: "another", rawBody, signatureHeader });
    if (genuine && !forged) heard.push(normalizeWebhook(JSON.parse(rawBody.toString("utf8"))));
    response.end();
  });
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
await control("whatsapp/numbers", {
  phone_number_id: phoneNumberId, waba_id: "9", display: "+963944000111", name: "و", access_token: "access", app_secret: SECRET, rate: 0, pair_seconds: 0,
  webhook_url: `http://127.0.0.1:${server.address().port}/`, templates: [{ name: "news", language: "ar", body: "خبر: {{1}}\nالتفاصيل: {{2}} هنا" }],
});
const [phone] = await control("phones", { name: "ليلى" });
const client = new WhatsAppClient({ accessToken: "access", baseUrl: base });
const to = `+${phone.number}`, common = { phoneNumberId, to };
const say = (text) => control(`phones/${phone.id}/say`, { app: "whatsapp", to: phoneNumberId, text });
const tap = (option) => control(`whatsapp/phones/${phone.id}/tap`, { to: phoneNumberId, option });
const heardOf = (pick) => until(() => heard.flatMap(pick).at(-1), "a webhook");
const idOf = (answer) => { assert.match(answer.messages[0].id, /^wamid\./); return answer.messages[0].id; };
const png = new Blob([Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64")], { type: "image/png" });
let word, media, text;

await run({
  words_in: async () => {
    await say("اشتراك");
    word = await heardOf((one) => one.messages.filter((m) => m.text?.body === "اشتراك"));
    assert.equal(word.from, phone.number);
  },
  user_id: async () => assert.match(word.fromUserId, /^[A-Z]{2}\./),
  text: async () => { text = idOf(await client.messages.sendText({ ...common, body: "خبر" })); },
  statuses: async () => {
    const status = await heardOf((one) => one.statuses.filter((s) => s.id === text && s.status === "delivered"));
    assert.equal(status.recipientId, phone.number);
  },
  by_user_id: async () => idOf(await client.messages.sendText({ phoneNumberId, recipient: word.fromUserId, body: "بالهوية" })),
  upload: async () => { media = (await client.media.upload({ phoneNumberId, type: "image/png", file: png, fileName: "a.png" })).id; assert.ok(media); },
  media_about: async () => assert.equal((await client.media.get({ mediaId: media, phoneNumberId })).mimeType, "image/png"),
  image: async () => idOf(await client.messages.sendImage({ ...common, image: { id: media, caption: "صورة" } })),
  contacts: async () => idOf(await client.messages.sendContacts({ ...common, contacts: [{ name: { formattedName: "الوكالة", firstName: "الوكالة" }, phones: [{ phone: "+963944000111", type: "WORK" }] }] })),
  location: async () => idOf(await client.messages.sendLocation({ ...common, location: { latitude: 33.5, longitude: 36.3, name: "دمشق", address: "سوريا" } })),
  reaction: async () => idOf(await client.messages.sendReaction({ ...common, reaction: { messageId: word.id, emoji: "👍" } })),
  buttons: async () => {
    idOf(await client.messages.sendInteractiveButtons({ ...common, bodyText: "اختر", buttons: [{ id: "stop", title: "إلغاء" }] }));
    await tap("stop");
    const answer = await heardOf((one) => one.messages.filter((m) => m.interactive?.buttonReply?.id === "stop"));
    assert.equal(answer.interactive.buttonReply.title, "إلغاء");
  },
  list: async () => {
    idOf(await client.messages.sendInteractiveList({ ...common, bodyText: "الأقسام", buttonText: "اختر", sections: [{ title: "الأقسام", rows: [{ id: "politics", title: "سياسة" }] }] }));
    await tap("politics");
    const answer = await heardOf((one) => one.messages.filter((m) => m.interactive?.listReply?.id === "politics"));
    assert.equal(answer.interactive.listReply.title, "سياسة");
  },
  link_button: async () => idOf(await client.messages.sendInteractiveCtaUrl({ ...common, bodyText: "خبر", parameters: { displayText: "اقرأ", url: "https://x.example" } })),
  template: async () => idOf(await client.messages.sendTemplate({ ...common, template: { name: "news", language: { code: "ar" }, components: [{ type: "body", parameters: [{ type: "text", text: "خبر" }, { type: "text", text: "رابط" }] }] } })),
  template_missing: () => assert.rejects(client.messages.sendTemplate({ ...common, template: { name: "none", language: { code: "ar" } } }), (error) => error.code === 132001),
  template_create: async () => {
    const made = await client.templates.create({ businessAccountId: "9", name: "other", language: "ar", category: "UTILITY", components: [{ type: "BODY", text: "تمّ الاشتراك." }] });
    assert.equal(made.status, "PENDING");
  },
  template_list: async () => assert.ok((await client.templates.list({ businessAccountId: "9" })).data.some((one) => one.name === "news")),
  mark_read: async () => assert.ok(await client.messages.markRead({ phoneNumberId, messageId: word.id, typingIndicator: { type: "text" } })),
  media_delete: async () => assert.ok(await client.media.delete({ mediaId: media, phoneNumberId })),
  wrong_token: () => assert.rejects(new WhatsAppClient({ accessToken: "wrong", baseUrl: base }).messages.sendText({ ...common, body: "x" }), (error) => error.code === 190),
  stop_marketing: async () => {
    await control(`phones/${phone.id}/block`, { app: "whatsapp", to: phoneNumberId, blocked: true });
    await until(() => heard.some((one) => one.raw?.userPreferences), "user_preferences");
  },
});
