"use strict";
// One page, three screens: the shelf of phones, a phone with its two apps, a conversation.
import { bubble } from "./bubble.js";
import { arrow, el } from "./text.js";

const app = document.getElementById("app");
const held = location.pathname.match(/^\/phone\/(\d+)/)?.[1];
const NAMES = { telegram: "تلغرام", whatsapp: "واتساب" };
let phone = null, directory = [], tab = "telegram", open = null, typing = 0, screen = null;

async function call(path, body) {
  const options = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  const answer = await fetch("/sandbox" + path, options);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

async function say(chat, text) {
  expectWords(3000);
  await call(`/phones/${held}/say`, { app: chat.app, to: chat.key, text });
}

function expectWords(ms) {
  typing = Date.now() + ms;
  setTimeout(draw, ms + 50);
  draw();
}

// what a hand does in a conversation, told to the provider it belongs to
const hands = (entry) => ({
  tap: (message, data) => call(`/phones/${held}/tap`, { to: entry.key, id: message.id, data }).catch(() => say(entry, data)),
  choose: (message, option) => call(`/whatsapp/phones/${held}/tap`, { to: entry.key, message: message.id, option: option.id || option.title }),
  react: (message, emoji) => entry.app === "telegram"
    ? call(`/phones/${held}/react`, { to: entry.key, id: message.id, emoji })
    : call(`/whatsapp/phones/${held}/react`, { to: entry.key, message: message.id, emoji }),
});

function toast(notice) {
  const made = el("p", { class: "toast", role: "status" }, notice.text);
  app.append(made);
  setTimeout(() => made.remove(), 4000);
}

const idOf = (app, key) => `${app} ${key}`;
const chatOf = (entry) => phone.chats.get(idOf(entry.app, entry.key));

// Put `children` in a node only where what they show is another than before
function refresh(node, shows, children) {
  const wanted = JSON.stringify(shows);
  if (node.dataset.shows === wanted) return;
  node.dataset.shows = wanted;
  node.replaceChildren(...children().filter((child) => child != null));
}

// A conversation: built once when it is opened, then patched bubble by bubble
function talk(entry) {
  const list = el("section", { class: "talk", role: "log", "aria-live": "polite", "aria-label": "المحادثة", tabindex: "0" });
  const bar = el("header", { class: "bar" }), choices = el("div", { class: "choices", hidden: true });
  const input = el("input", { name: "text", autocomplete: "off", "aria-label": "اكتب رسالة", placeholder: "اكتب رسالة", dir: "auto" });
  const form = el("form", { class: "say", onsubmit: (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text) { input.value = ""; say(entry, text); }
  } }, input, el("button", {}, "إرسال"));
  const empty = el("p", { class: "empty" }, "لا رسائل بعد"), waits = el("p", { class: "typing", hidden: true }, "يكتب…");
  const shown = new Map(), hand = hands(entry);
  // a picture that arrives late makes its message taller: who reads the end stays there
  let stays = true;
  list.addEventListener("scroll", () => { stays = list.scrollHeight - list.scrollTop - list.clientHeight < 40; });
  list.addEventListener("load", () => { if (stays) list.scrollTop = list.scrollHeight; }, true);
  let seen = 0, noticed = phone.chats.get(idOf(entry.app, entry.key))?.notice?.number ?? 0, until = 0;
  list.append(empty, waits);
  app.dataset.app = entry.app;
  app.replaceChildren(bar, list, choices, ...(entry.kind === "channel" ? [] : [form]));

  function place(message, chat) {
    const old = shown.get(message.id), made = bubble(message, chat, hand);
    shown.set(message.id, made);
    if (!old) return waits.before(made);
    const above = old.offsetTop + old.offsetHeight <= list.scrollTop + list.offsetTop, height = old.offsetHeight;
    old.replaceWith(made);
    if (above) list.scrollTop += made.offsetHeight - height;
  }

  return () => {
    const chat = chatOf(entry), bubbles = chat ? [...chat.bubbles.values()] : [];
    if (chat?.unread) { chat.unread = 0; call(`/phones/${held}/read`, { app: entry.app, to: entry.key }); }
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    for (const message of bubbles) if (message.changed > seen) place(message, chat);
    for (const message of bubbles) seen = Math.max(seen, message.changed);
    for (const [id, node] of shown) if (!chat.bubbles.has(id)) { node.remove(); shown.delete(id); }
    empty.hidden = bubbles.length > 0;
    if (chat && chat.typing > until) { until = chat.typing; typing = Date.now() + 5000; setTimeout(draw, 5050); }
    if (chat && !chat.typing) until = 0;
    waits.hidden = !((bubbles.at(-1)?.mine || until) && Date.now() < typing);
    if (chat?.notice && chat.notice.number > noticed) { noticed = chat.notice.number; if (chat.notice.text) toast(chat.notice); }
    refresh(bar, [entry, chat?.blocked], () => heading(entry, chat));
    const joins = entry.kind === "channel" && !chat;
    const rows = joins ? [["انضمام إلى القناة"]] : entry.kind === "channel" ? [] : chat?.rows ?? [];
    choices.hidden = !rows.length;
    if (chat?.placeholder) input.placeholder = chat.placeholder;
    refresh(choices, rows, () => rows.map((row) => el("div", { class: "row" }, ...row.map((word) => el("button", { type: "button", onclick: () => joins
      ? call(`/phones/${held}/join`, { channel: entry.username }) : say(entry, word) }, word)))));
    if (atEnd) list.scrollTop = list.scrollHeight;
  };
}

function heading(entry, chat) {
  const under = entry.kind === "channel" ? "قناة" : entry.kind === "group" ? "مجموعة" : entry.display ? el("bdi", { dir: "ltr" }, entry.display) : NAMES[entry.app];
  return [
    el("button", { class: "back", "aria-label": "رجوع", onclick: () => show(null) }, arrow()),
    el("h1", {}, el("bdi", {}, entry.title), el("small", {}, under)),
    entry.app === "whatsapp" ? el("button", { onclick: () => call(`/phones/${held}/block`, { app: entry.app, to: entry.key, blocked: !chat?.blocked }) }, chat?.blocked ? "السماح بالإعلانات" : "إيقاف الإعلانات") :
    entry.kind === "bot" ? el("button", { onclick: () => call(`/phones/${held}/block`, { app: entry.app, to: entry.key, blocked: !chat?.blocked }) }, chat?.blocked ? "رفع الحظر" : "حظر") : null];
}

const KINDS = { image: "صورة", video: "مقطع مصوّر", audio: "تسجيل صوتي", voice: "رسالة صوتية", document: "ملف", sticker: "ملصق" };
const lineOf = (message) => message.text.split("\n")[0] || KINDS[message.media?.kind] || (message.location ? "موقع" : message.card?.name ?? "");

function shelf() {
  const tabs = Object.keys(NAMES).map((name) => el("button", { role: "tab", onclick: () => { tab = name; draw(); } }, NAMES[name]));
  const list = el("ul", { class: "list" });
  app.replaceChildren(
    el("header", { class: "bar" }, el("a", { class: "back", href: "/", "aria-label": "كلّ الهواتف", style: "color:inherit" }, arrow()),
      el("h1", {}, el("bdi", {}, phone.name), el("small", {}, el("bdi", { dir: "ltr" }, "+" + phone.number)))),
    el("nav", { class: "apps", role: "tablist" }, ...tabs), list);
  const rows = new Map(directory.map((entry) => [entry, el("li")]));
  return () => {
    app.dataset.app = tab;
    tabs.forEach((button, at) => button.setAttribute("aria-selected", String(Object.keys(NAMES)[at] === tab)));
    refresh(list, tab, () => directory.filter((entry) => entry.app === tab).map((entry) => rows.get(entry)));
    for (const [entry, row] of rows) {
      const chat = chatOf(entry), last = chat && [...chat.bubbles.values()].at(-1);
      const line = last ? (last.deleted ? "حُذفت هذه الرسالة" : lineOf(last)) : entry.kind === "channel" ? "قناة" : entry.kind === "group" ? "مجموعة" : "ابدأ المحادثة";
      refresh(row, [line, chat?.unread], () => [el("button", { "data-key": entry.key, onclick: () => show(entry) },
        el("span", { class: "face", "aria-hidden": "true" }, entry.title.slice(0, 1)),
        el("span", { class: "who" }, el("b", { dir: "auto" }, entry.title), el("span", { dir: "auto" }, line)),
        chat?.unread ? el("span", { class: "count" }, String(chat.unread)) : null)]);
    }
  };
}

function show(entry) {
  open = entry;
  screen = null;
  draw();
  if (entry) app.querySelector(".talk").scrollTop = app.querySelector(".talk").scrollHeight;
}

function draw() {
  if (!phone) return;
  screen ??= open ? talk(open) : shelf();
  screen();
}

// The first event has the whole phone, the others the chats and bubbles that changed
function take(told) {
  if (told.whole || !phone) { phone = { ...told, chats: new Map() }; screen = null; }
  for (const chat of told.chats) {
    const id = idOf(chat.app, chat.key), known = phone.chats.get(id)?.bubbles ?? new Map();
    for (const message of chat.bubbles) known.set(message.id, message);
    phone.chats.set(id, { ...chat, bubbles: known });
  }
  draw();
}

async function phones() {
  const all = await call("/phones");
  const name = el("input", { name: "name", required: true, placeholder: "اسم صاحب الهاتف", "aria-label": "اسم صاحب الهاتف", dir: "auto" });
  app.replaceChildren(
    el("header", { class: "bar" }, el("h1", {}, "هواتف التجربة", el("small", {}, "اختر هاتفاً لتمسكه"))),
    el("ul", { class: "list" }, ...all.slice(0, 200).map((p) => el("li", {}, el("button", { onclick: () => { location.href = `/phone/${p.id}`; } },
      el("span", { class: "face", "aria-hidden": "true" }, p.name.slice(0, 1)),
      el("span", { class: "who" }, el("b", { dir: "auto" }, p.name), el("span", {}, el("bdi", { dir: "ltr" }, "+" + p.number))))))),
    el("form", { class: "new", onsubmit: async (event) => {
      event.preventDefault();
      const [made] = await call("/phones", { name: name.value });
      location.href = `/phone/${made.id}`;
    } }, name, el("button", {}, "هاتف جديد")));
}

async function start() {
  if (!held) return phones();
  directory = await call("/directory");
  const source = new EventSource(`/sandbox/phones/${held}/events`);
  source.onmessage = (event) => take(JSON.parse(event.data));
  source.onerror = () => { if (!phone) app.replaceChildren(el("p", { class: "empty" }, "لا هاتف بهذا الرقم.")); };
}
start();
