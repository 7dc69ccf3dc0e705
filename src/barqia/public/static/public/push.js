// Offers this browser's notifications where it has any; without it the page is as it was.
"use strict";

(() => {
  const section = document.querySelector("[data-push]");
  if (!section || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const form = section.querySelector("form");
  const stop = section.querySelector("[data-stop]");
  const status = section.querySelector("[role=status]");
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const tell = (what) => (status.textContent = status.dataset[what]);

  async function say(what, words) {
    const answer = await fetch(`/push/${what}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...words, language: document.documentElement.lang }),
    });
    if (!answer.ok) throw new Error(`${what}: ${answer.status}`);
    return answer.json();
  }

  function show({ active, sections }) {
    stop.hidden = !active;
    boxes.forEach((box) => (box.checked = sections.includes(box.value)));
    return active;
  }

  // of another key, a newer newsroom's, nothing comes any more
  function isOurs(subscription) {
    const key = new Uint8Array(subscription.options.applicationServerKey || []);
    const text = btoa(String.fromCharCode(...key)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    return text === section.dataset.push;
  }

  async function subscribe(event) {
    event.preventDefault();
    try {
      const worker = await navigator.serviceWorker.register("/push-worker.js");
      if ((await Notification.requestPermission()) !== "granted") return tell("denied");
      await navigator.serviceWorker.ready;
      let subscription = await worker.pushManager.getSubscription();
      if (subscription && !isOurs(subscription)) {
        await subscription.unsubscribe();
        subscription = null;
      }
      const options = { userVisibleOnly: true, applicationServerKey: section.dataset.push };
      subscription ||= await worker.pushManager.subscribe(options);
      const sections = boxes.filter((box) => box.checked).map((box) => box.value);
      show(await say("subscribe", { subscription, sections }));
      tell("on");
    } catch {
      tell("failed");
    }
  }

  async function unsubscribe() {
    try {
      const worker = await navigator.serviceWorker.getRegistration("/");
      const subscription = worker && (await worker.pushManager.getSubscription());
      if (subscription) {
        show(await say("unsubscribe", { endpoint: subscription.endpoint }));
        await subscription.unsubscribe();
      }
      tell("off");
    } catch {
      tell("failed");
    }
  }

  async function state() {
    const worker = await navigator.serviceWorker.getRegistration("/");
    const subscription = worker && (await worker.pushManager.getSubscription());
    if (subscription && show(await say("state", { endpoint: subscription.endpoint }))) tell("on");
  }

  form.addEventListener("submit", subscribe);
  stop.addEventListener("click", unsubscribe);
  section.hidden = false;
  state().catch(() => tell("failed"));
})();
