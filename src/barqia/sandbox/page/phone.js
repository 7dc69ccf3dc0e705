"use strict";
// One page, three screens: the shelf of phones, a phone with its two apps, a conversation.
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

const hours = new Intl.DateTimeFormat("ar-u-nu-latn", { hour: "2-digit", minute: "2-digit" });
const clock = (ms) => hours.format(ms);
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
      if (e.type === "url" || e.type === "text_link") node = link(e.url || linkOf(text.slice(e.offset, e.offset + e.length)), node);
    }
    return node;
  });
}
// a message may lead out of the page, never run in it
const OPENED = ["http:", "https:", "tg:", "mailto:", "tel:"];
function link(href, content) {
  let scheme = "";
  try { scheme = new URL(href).protocol; } catch { /* a bad address is no link */ }
  return OPENED.includes(scheme) ? el("a", { href, dir: "ltr", rel: "noopener noreferrer" }, content) : content;
}
const linkOf = (text) => (/^https?:/.test(text) ? text : "https://" + text);

// WhatsApp writes *bold* and finds links by itself
function withMarks(text) {
  return text.split(/(\*[^*\n\u200b]+\*|https?:\/\/\S+)/).map((piece) => {
    if (/^\*.+\*$/s.test(piece)) return el("b", {}, piece.slice(1, -1));
    if (/^https?:/.test(piece)) return link(piece, document.createTextNode(piece));
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

function buttonsOf(chat, bubbles) {
  return chat.app === "telegram" ? chat.buttons : bubbles.findLast((b) => b.buttons.length)?.buttons ?? [];
}

async function say(chat, text, button) {
  typing = Date.now() + 3000;
  setTimeout(draw, 3050);
  draw();
  await call(`/phones/${held}/say`, { app: chat.app, to: chat.key, text, ...(button && chat.app === "whatsapp" ? { button } : {}) });
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
  const shown = new Map();
  let seen = 0;
  list.append(empty, waits);
  app.dataset.app = entry.app;
  app.replaceChildren(bar, list, choices, ...(entry.kind === "channel" ? [] : [form]));

  function place(message, chat) {
    const old = shown.get(message.id), made = bubble(message, chat);
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
    waits.hidden = !(bubbles.at(-1)?.mine && Date.now() < typing);
    refresh(bar, [entry, chat?.blocked], () => heading(entry, chat));
    const offers = entry.kind === "channel" ? (chat ? [] : ["انضمام إلى القناة"]) : chat ? buttonsOf(chat, bubbles) : [];
    choices.hidden = !offers.length;
    refresh(choices, offers, () => offers.map((word) => el("button", { onclick: () => entry.kind === "channel"
      ? call(`/phones/${held}/join`, { channel: entry.username }) : say(entry, word, word) }, word)));
    if (atEnd) list.scrollTop = list.scrollHeight;
  };
}

function heading(entry, chat) {
  const under = entry.kind === "channel" ? "قناة" : entry.display ? el("bdi", { dir: "ltr" }, entry.display) : NAMES[entry.app];
  return [
    el("button", { class: "back", "aria-label": "رجوع", onclick: () => show(null) }, arrow()),
    el("h1", {}, el("bdi", {}, entry.title), el("small", {}, under)),
    entry.kind === "bot" ? el("button", { onclick: () => call(`/phones/${held}/block`, { app: entry.app, to: entry.key, blocked: !chat?.blocked }) }, chat?.blocked ? "رفع الحظر" : "حظر") : null];
}

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
      const line = last ? (last.deleted ? "حُذفت هذه الرسالة" : last.text.split("\n")[0]) : entry.kind === "channel" ? "قناة" : "ابدأ المحادثة";
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
