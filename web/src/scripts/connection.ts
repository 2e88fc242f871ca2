// Says so when the network is gone, before somebody types into a page that cannot be sent.

export function watchConnection(): void {
  const strip = document.querySelector<HTMLElement>("[data-offline]");
  if (!strip) return;
  const show = () => {
    strip.hidden = navigator.onLine;
  };
  window.addEventListener("online", show);
  window.addEventListener("offline", show);
  show();
}
