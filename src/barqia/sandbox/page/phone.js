"use strict";
// One page, three screens: the shelf of phones, a phone with its two apps, a conversation.
const app = document.getElementById("app");
const held = location.pathname.match(/^\/phone\/(\d+)/)?.[1];
const NAMES = { telegram: "تلغرام", whatsapp: "واتساب" };
let phone = null, directory = [], tab = "telegram", open = null, typing = 0, drawn = "";

async function call(path, body) {
  const options = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  const answer = await fetch("/sandbox" + path, options);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

// el("p", {class: "x"}, child, …): text is set as text, never as markup
function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

const clock = (ms) => new Date(ms).toLocaleTimeString("ar-u-nu-latn", { hour: "2-digit", minute: "2-digit" });
const arrow = () => {
  const span = el("span", { "aria-hidden": "true" });
  span.innerHTML = '<svg width="22" height="22" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.2"><path d="M9 5l7 7-7 7"/></svg>';
  return span;
};

// Telegram tells where its styles are; offsets count UTF-16 units, as strings here do
function withEntities(text, entities) {
  const STYLES = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "code" };
  const cuts = [...new Set([0, text.length, ...entities.flatMap((e) => [e.offset, e.offset + e.length])])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((start, at) => {
    let node = document.createTextNode(text.slice(start, cuts[at + 1]));
    for (const e of entities) {
      if (e.offset > start || e.offset + e.length < cuts[at + 1]) continue;
      if (STYLES[e.type]) node = el(STYLES[e.type], {}, node);
      if (e.type === "url" || e.type === "text_link") node = el("a", { href: e.url || linkOf(text.slice(e.offset, e.offset + e.length)), dir: "ltr" }, node);
    }
    return node;
  });
}
const linkOf = (text) => (/^https?:/.test(text) ? text : "https://" + text);

// WhatsApp writes *bold* and finds links by itself
function withMarks(text) {
  return text.split(/(\*[^*\n\u200b]+\*|https?:\/\/\S+)/).map((piece) => {
    if (/^\*.+\*$/s.test(piece)) return el("b", {}, piece.slice(1, -1));
    if (/^https?:/.test(piece)) return el("a", { href: piece, dir: "ltr" }, piece);
    return document.createTextNode(piece);
  });
}

function bubble(message, chat) {
  const ticks = message.mine ? (message.ticks > 1 ? " ✓✓" : " ✓") : "";
  const kind = [message.mine && "mine", message.deleted && "deleted"].filter(Boolean).join(" ");
  const text = el("p", { dir: "auto" });
  if (message.deleted) text.append("⊘ حُذفت هذه الرسالة");
  else text.append(...(chat.app === "telegram" ? withEntities(message.text, message.entities) : withMarks(message.text)));
  const card = message.card && el("div", { class: "card" }, el("b", {}, message.card.name), el("br"), el("bdi", { dir: "ltr" }, message.card.phone), el("br"), el("small", {}, "بطاقة اتصال — احفظها في هاتفك"));
  return el("article", { class: kind || false, "data-id": message.id, "data-deleted": message.deleted, "data-edited": message.edited },
    message.quoted && !message.deleted ? el("blockquote", { dir: "auto" }, ...(chat.app === "whatsapp" ? withMarks(message.quoted) : [message.quoted])) : null,
    card || text,
    el("footer", {}, message.edited && !message.deleted ? "عُدّلت · " : "", el("time", {}, clock(message.at_ms)), ticks));
}

function buttonsOf(chat) {
  if (chat.app === "telegram") return chat.buttons;
  const last = chat.bubbles.filter((b) => !b.mine).at(-1) || null;
  const offered = chat.bubbles.filter((b) => b.buttons.length).at(-1);
  return last && offered ? offered.buttons : [];
}

async function say(chat, text, button) {
  typing = Date.now() + 3000;
  setTimeout(draw, 3050);
  await call(`/phones/${held}/say`, { app: chat.app, to: chat.key, text, ...(button && chat.app === "whatsapp" ? { button } : {}) });
}

function talk(chat) {
  const known = phone.chats.find((c) => c.app === chat.app && c.key === chat.key) || { ...chat, bubbles: [], buttons: [], unread: 0 };
  if (known.unread) call(`/phones/${held}/read`, { app: chat.app, to: chat.key });
  const last = known.bubbles.at(-1);
  const waiting = last?.mine && Date.now() < typing;
  const list = el("section", { class: "talk", "aria-label": "المحادثة" },
    ...known.bubbles.map((message) => bubble(message, known)),
    known.bubbles.length ? null : el("p", { class: "empty" }, "لا رسائل بعد"),
    waiting ? el("p", { class: "typing" }, "يكتب…") : null);
  const input = el("input", { name: "text", autocomplete: "off", "aria-label": "اكتب رسالة", placeholder: "اكتب رسالة", dir: "auto" });
  const before = app.querySelector("form.say input");
  if (before) input.value = before.value;
  const form = el("form", { class: "say", onsubmit: (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text) { input.value = ""; say(known, text); }
  } }, input, el("button", {}, "إرسال"));
  const choices = buttonsOf(known);
  const focused = document.activeElement === before;
  const joined = phone.chats.some((c) => c.key === chat.key);
  app.dataset.app = chat.app;
  app.replaceChildren(
    el("header", { class: "bar" },
      el("button", { class: "back", "aria-label": "رجوع", onclick: () => { open = null; drawn = ""; draw(); } }, arrow()),
      el("h1", {}, el("bdi", {}, chat.title), el("small", {}, chat.kind === "channel" ? "قناة" : chat.display ? el("bdi", { dir: "ltr" }, chat.display) : NAMES[chat.app])),
      chat.kind === "bot" ? el("button", { onclick: () => call(`/phones/${held}/block`, { app: chat.app, to: chat.key, blocked: !known.blocked }) }, known.blocked ? "رفع الحظر" : "حظر") : null),
    list,
    ...(chat.kind === "channel"
      ? [joined ? null : el("div", { class: "choices" }, el("button", { onclick: () => call(`/phones/${held}/join`, { channel: chat.username }) }, "انضمام إلى القناة"))].filter(Boolean)
      : [choices.length ? el("div", { class: "choices" }, ...choices.map((word) => el("button", { onclick: () => say(known, word, word) }, word))) : "", form]));
  list.scrollTop = list.scrollHeight;
  if (focused) input.focus();
}

function shelf() {
  const known = (entry) => phone.chats.find((c) => c.app === entry.app && c.key === entry.key);
  const entries = directory.filter((entry) => entry.app === tab);
  app.dataset.app = tab;
  app.replaceChildren(
    el("header", { class: "bar" }, el("a", { class: "back", href: "/", "aria-label": "كلّ الهواتف", style: "color:inherit" }, arrow()),
      el("h1", {}, el("bdi", {}, phone.name), el("small", {}, el("bdi", { dir: "ltr" }, "+" + phone.number)))),
    el("nav", { class: "apps", role: "tablist" }, ...Object.keys(NAMES).map((name) => el("button", { role: "tab", "aria-selected": String(tab === name), onclick: () => { tab = name; drawn = ""; draw(); } }, NAMES[name]))),
    el("ul", { class: "list" }, ...entries.map((entry) => {
      const chat = known(entry);
      const last = chat?.bubbles.at(-1);
      return el("li", {}, el("button", { "data-key": entry.key, onclick: () => { open = entry; drawn = ""; draw(); } },
        el("span", { class: "face", "aria-hidden": "true" }, entry.title.slice(0, 1)),
        el("span", { class: "who" }, el("b", { dir: "auto" }, entry.title), el("span", { dir: "auto" }, last ? (last.deleted ? "حُذفت هذه الرسالة" : last.text.split("\n")[0]) : entry.kind === "channel" ? "قناة" : "ابدأ المحادثة")),
        chat?.unread ? el("span", { class: "count" }, String(chat.unread)) : null));
    })));
}

function draw() {
  if (!phone) return;
  const state = JSON.stringify([phone, open, tab, Date.now() < typing]);
  if (state === drawn) return;
  drawn = state;
  if (open) talk(open); else shelf();
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
  source.onmessage = (event) => { phone = JSON.parse(event.data); draw(); };
  source.onerror = () => { if (!phone) app.replaceChildren(el("p", { class: "empty" }, "لا هاتف بهذا الرقم.")); };
}
start();
