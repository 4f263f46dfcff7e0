/*
 * Shows notices that the server pushed to this device, and opens the page that they are about. It keeps nothing and stands
 * in the way of no request. W3C Push API, section 10; Notifications API, section 2.
 */
globalThis.addEventListener('push', (event) => {
  const { title, body, tag, url } = event.data.json();
  event.waitUntil(
    globalThis.registration.showNotification(title, {
      body,
      tag,
      data: { url },
      icon: '/portal/favicon.svg',
    }),
  );
});

globalThis.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.url, globalThis.location.origin);
  // Only ever a page of ours, whatever was pushed.
  const target = url.origin === globalThis.location.origin ? url.href : '/portal/';
  event.waitUntil(globalThis.clients.openWindow(target));
});
