// One message as both apps draw it, and what a hand can do with it.
import { clock, el, link, withEntities, withMarks } from "./text.js";

const MARKS = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

export function bubble(message, chat, hand) {
  if (message.service) return el("article", { class: "service", "data-id": message.id }, el("p", { dir: "auto" }, message.text));
  const gone = message.deleted;
  const kind = [message.mine && "mine", gone && "deleted", message.media && !gone && "media"].filter(Boolean).join(" ");
  return el("article", { class: kind || false, "data-id": message.id, "data-deleted": gone, "data-edited": message.edited, "data-silent": message.silent },
    ...(gone ? [el("p", { dir: "auto" }, "⊘ حُذفت هذه الرسالة")] : content(message, chat, hand)),
    footer(message, chat, hand),
    ...(gone ? [] : [keyboard(message, hand), options(message, hand)]));
}

function content(message, chat, hand) {
  const many = chat.kind === "group" && !message.mine && message.sender;
  const words = chat.app === "telegram" ? withEntities(message.text, message.entities) : withMarks(message.text);
  return [
    many ? el("b", { class: "sender", dir: "auto" }, message.sender) : null,
    message.forwarded ? el("small", { class: "from" }, "محوّلة من ", el("bdi", {}, message.forwarded)) : null,
    message.quoted ? el("blockquote", { dir: "auto" }, ...(chat.app === "whatsapp" ? withMarks(message.quoted) : [message.quoted])) : null,
    message.header ? el("b", { class: "head", dir: "auto" }, message.header) : null,
    message.media ? media(message.media) : null,
    message.card ? card(message.card) : null,
    message.location ? place(message.location) : null,
    message.text && !message.card ? el("p", { dir: "auto" }, ...words) : null,
    message.preview ? preview(message.preview) : null,
    message.footer ? el("small", { class: "foot", dir: "auto" }, message.footer) : null,
  ];
}

function media(file) {
  if (file.kind === "image" || file.kind === "photo" || file.kind === "sticker") {
    const image = el("img", { src: file.url, alt: "صورة في الرسالة", loading: "lazy" });
    return el("button", { class: "photo", type: "button", "aria-label": "تكبير الصورة", onclick: () => enlarge(file.url) }, image);
  }
  if (file.kind === "video") return el("video", { src: file.url, controls: true });
  if (file.kind === "audio" || file.kind === "voice") return el("audio", { src: file.url, controls: true });
  return el("p", { class: "file" }, "ملف: ", link(new URL(file.url, location.href).href, el("bdi", {}, file.name || "بلا اسم")));
}

function enlarge(url) {
  const window_ = el("dialog", { class: "large", onclick: () => window_.close(), onclose: () => window_.remove() },
    el("img", { src: url, alt: "الصورة مكبّرة" }), el("button", { type: "button" }, "إغلاق"));
  document.body.append(window_);
  window_.showModal();
}

const card = (one) => el("div", { class: "card" }, el("b", {}, one.name), el("br"), el("bdi", { dir: "ltr" }, one.phone), el("br"),
  el("small", {}, "بطاقة اتصال — احفظها في هاتفك"));

const place = (one) => el("p", { class: "place" }, el("b", {}, one.name || "موقع"), el("br"), el("bdi", { dir: "ltr" }, `${one.latitude}, ${one.longitude}`),
  ...(one.address ? [el("br"), one.address] : []));

function preview(one) {
  let host = one.url;
  try { host = new URL(one.url).host; } catch { /* shown as it is */ }
  return el("div", { class: one.large ? "preview large" : "preview" }, link(one.url, el("bdi", { dir: "ltr" }, host)));
}

function footer(message, chat, hand) {
  const ticks = message.mine ? (message.ticks > 2 ? " ✓✓" : message.ticks > 1 ? " ✓✓" : " ✓") : "";
  const marks = [message.reactions.theirs, message.reactions.mine].filter(Boolean).join(" ");
  return el("footer", { class: message.ticks > 2 ? "read" : false },
    marks ? el("span", { class: "marks" }, marks) : null,
    !message.mine && !message.deleted && chat.kind !== "channel"
      ? el("button", { type: "button", class: "mark", "aria-label": "تفاعل", onclick: () => choose(message, hand) }, "☺") : null,
    message.silent ? "بلا صوت · " : "",
    message.edited && !message.deleted ? "عُدّلت · " : "",
    el("time", {}, clock(message.at_ms)), ticks);
}

// a sheet from below: what it offers, and what a choice does
function sheet(title, lines) {
  const made = el("dialog", { class: "sheet", "aria-label": title, onclose: () => made.remove(), onclick: (event) => { if (event.target === made) made.close(); } },
    el("h2", {}, title), ...lines(() => made.close()), el("button", { type: "button", class: "away", onclick: () => made.close() }, "إغلاق"));
  document.body.append(made);
  made.showModal();
}

function choose(message, hand) {
  const mine = message.reactions.mine;
  sheet("تفاعل", (close) => [el("div", { class: "row" }, ...MARKS.map((mark) => el("button", { type: "button", "aria-pressed": String(mark === mine),
    onclick: () => { close(); hand.react(message, mark === mine ? "" : mark); } }, mark)))]);
}

function keyboard(message, hand) {
  if (!message.keyboard?.length) return null;
  return el("div", { class: "keys" }, ...message.keyboard.map((row) => el("div", { class: "row" }, ...row.map((key) => key.url
    ? link(key.url, document.createTextNode(key.text))
    : el("button", { type: "button", onclick: () => hand.tap(message, key.callback_data) }, key.text)))));
}

function options(message, hand) {
  const rows = message.options.filter((one) => one.kind === "row"), others = message.options.filter((one) => one.kind !== "row");
  if (!message.options.length) return null;
  return el("div", { class: "keys" },
    ...others.map((one) => (one.kind === "url" ? link(one.url, document.createTextNode(one.title))
      : el("button", { type: "button", onclick: () => hand.choose(message, one) }, one.title))),
    rows.length ? el("button", { type: "button", onclick: () => sheet("اختر", (close) => rows.map((one) => el("button", { type: "button", class: "line",
      onclick: () => { close(); hand.choose(message, one); } }, el("b", { dir: "auto" }, one.title), one.description ? el("small", { dir: "auto" }, one.description) : null))) }, "اختر من القائمة") : null);
}
