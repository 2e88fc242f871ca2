// A button that fills in where the telephone is. Refused or failed, the form goes on with an address.

const PATIENCE_MS = 12_000;

function locate(box: HTMLElement): void {
  const form = box.closest("form");
  const button = box.querySelector<HTMLButtonElement>("[data-locate-button]");
  const status = box.querySelector<HTMLElement>("[data-locate-status]");
  const lon = form?.querySelector<HTMLInputElement>("[data-locate-lon]");
  const lat = form?.querySelector<HTMLInputElement>("[data-locate-lat]");
  if (!button || !status || !lon || !lat) return;
  button.setAttribute("aria-busy", "true");
  status.textContent = status.dataset["asking"] ?? "";
  navigator.geolocation.getCurrentPosition(
    (found) => {
      button.removeAttribute("aria-busy");
      lon.value = found.coords.longitude.toFixed(6);
      lat.value = found.coords.latitude.toFixed(6);
      status.textContent = (status.dataset["found"] ?? "").replace("%s", String(Math.round(found.coords.accuracy)));
    },
    (why) => {
      button.removeAttribute("aria-busy");
      status.textContent = status.dataset[why.code === why.PERMISSION_DENIED ? "refused" : "failed"] ?? "";
    },
    { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 30_000 },
  );
}

export function watchLocating(): void {
  // A telephone gives its position out to secure pages only.
  if (!("geolocation" in navigator) || !window.isSecureContext) return;
  document.querySelectorAll<HTMLElement>("[data-locate]").forEach((box) => {
    box.hidden = false;
    box.querySelector("[data-locate-button]")?.addEventListener("click", () => locate(box));
  });
}
