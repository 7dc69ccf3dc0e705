"use strict";
// The desk works without this file; it reads while you write, keeps boards fresh, and knows a few keys.

for (const form of document.querySelectorAll("form[data-read]")) {
  const text = form.elements.text, place = document.getElementById("reading");
  let timer, asked = 0;
  form.addEventListener("input", (event) => {
    if (event.target !== text && event.target !== form.elements.headline) return;
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const mine = ++asked;
      const body = new FormData();
      body.set("text", text.value);
      body.set("headline", form.elements.headline.value);
      body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      const answer = await fetch(form.dataset.read, { method: "POST", body });
      if (answer.ok && !answer.redirected && mine === asked) place.innerHTML = await answer.text();
    }, 350);
  });
  let touched = false;
  form.addEventListener("input", () => { touched = true; });
  form.addEventListener("submit", () => { touched = false; });
  window.addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });
}

// a new item is made once, however often the button is pressed
for (const field of document.querySelectorAll("[data-fresh]")) {
  field.value ||= Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

for (const place of document.querySelectorAll("[data-poll]")) {
  const look = async () => {
    if (!document.hidden && !place.contains(document.activeElement)) {
      try {
        const answer = await fetch(place.dataset.poll, { headers: { "X-Fragment": "1" } });
        if (answer.ok && !answer.redirected) place.innerHTML = await answer.text();
      } catch { /* the network is gone: the next look may find it */ }
    }
    const finished = place.querySelector("[data-finished='1']");
    setTimeout(look, finished ? 5000 : 1000);
  };
  setTimeout(look, 1000);
}

document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName || "");
  // by the key's place: on an Arabic keyboard the key of S writes س
  const key = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key;
  const wanted = (event.ctrlKey || event.metaKey) ? key : typing || event.altKey ? null : key;
  if (!wanted) return;
  const target = document.querySelector(`[data-key="${CSS.escape(wanted)}"]`);
  const plain = target?.tagName === "A";
  if (!target || plain === (event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  target.click();
});

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});
