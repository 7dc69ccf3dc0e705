// Text as the two apps write it: always set as text, never as markup.

// el("p", {class: "x"}, child, …): text is set as text, never as markup
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

const hours = new Intl.DateTimeFormat("ar-u-nu-latn", { hour: "2-digit", minute: "2-digit" });
export const clock = (ms) => hours.format(ms);
export const arrow = () => {
  const span = el("span", { "aria-hidden": "true" });
  span.innerHTML = '<svg width="22" height="22" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.2"><path d="M9 5l7 7-7 7"/></svg>';
  return span;
};

// Telegram tells where its styles are; offsets count UTF-16 units, as strings here do
export function withEntities(text, entities) {
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
export function link(href, content) {
  let scheme = "";
  try { scheme = new URL(href).protocol; } catch { /* a bad address is no link */ }
  return OPENED.includes(scheme) ? el("a", { href, dir: "ltr", rel: "noopener noreferrer" }, content) : content;
}
const linkOf = (text) => (/^https?:/.test(text) ? text : "https://" + text);

// WhatsApp writes *bold* and finds links by itself
export function withMarks(text) {
  return text.split(/(\*[^*\n\u200b]+\*|https?:\/\/\S+)/).map((piece) => {
    if (/^\*.+\*$/s.test(piece)) return el("b", {}, piece.slice(1, -1));
    if (/^https?:/.test(piece)) return link(piece, document.createTextNode(piece));
    return document.createTextNode(piece);
  });
}
