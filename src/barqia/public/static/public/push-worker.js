// Notifications of the wire: each takes the place of the one its item had; a kill takes it away with a notice.
"use strict";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  if (event.data) event.waitUntil(show(event.data.json()));
});

async function show(news) {
  const there = await self.registration.getNotifications({ tag: news.tag });
  // push services keep no order: what is newer stays
  if (there.some((one) => one.data.release > news.release)) return;
  const again = there.some((one) => one.data.release === news.release);
  if (news.gone) there.forEach((one) => one.close());
  await self.registration.showNotification(news.title, {
    body: news.body,
    tag: news.tag,
    lang: news.lang,
    dir: news.lang === "en" ? "ltr" : "rtl",
    ...(news.image && { image: news.image }),
    renotify: news.loud && !again,
    data: { url: news.url, release: news.release },
  });
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
});

async function open(url) {
  const pages = await self.clients.matchAll({ type: "window" });
  const page = pages.find((one) => one.url === url);
  return page ? page.focus() : self.clients.openWindow(url);
}

self.addEventListener("pushsubscriptionchange", (event) => {
  if (event.oldSubscription) event.waitUntil(move(event.oldSubscription, event.newSubscription));
});

async function move(old, given) {
  const subscription = given || (await self.registration.pushManager.subscribe(old.options));
  await fetch("/push/move", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ old: old.endpoint, subscription }),
  });
}
