// Polite forms: nothing is sent twice, an error summary is read out first, a mistake is named when the field is left.

const HELD_MS = 10_000;

function clearOnceMended(field: HTMLElement): void {
  const box = field.closest<HTMLElement>(".field.has-error");
  const input = field as HTMLInputElement;
  if (!box || !input.checkValidity?.()) return;
  box.classList.remove("has-error");
  // Its place stays: a field is left by pressing a button, which must not move away under the finger.
  box.querySelectorAll<HTMLElement>(".error").forEach((line) => (line.style.visibility = "hidden"));
  box.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
}

export function watchForms(): void {
  const release = (root: ParentNode) => {
    root.querySelectorAll("[data-sent]").forEach((sent) => {
      sent.removeAttribute("data-sent");
      sent.removeAttribute("aria-busy");
    });
  };
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset["sent"]) {
      event.preventDefault();
      return;
    }
    form.dataset["sent"] = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
    event.submitter?.setAttribute("data-sent", "yes");
    // An answer that is a file leaves the page as it is; the server knows a repeated act by its key anyway.
    window.setTimeout(() => release(document), HELD_MS);
  });

  // Back from the browser's page cache, or after an answer that left the form in place.
  window.addEventListener("pageshow", () => release(document));
  document.addEventListener("htmx:afterRequest", () => release(document));

  document.addEventListener("change", (event) => clearOnceMended(event.target as HTMLElement));

  // Not on the style guide, which only shows one.
  const summarise = (root: ParentNode) => root.querySelector<HTMLElement>("[data-error-summary]:not(.guide-part *)")?.focus();
  summarise(document);
  document.addEventListener("htmx:afterSwap", (event) => summarise(event.target as HTMLElement));

  // A link in the summary leads to the input itself, not only to its place on the page.
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("[data-error-summary] a[href^='#']");
    const input = link && document.getElementById(link.hash.slice(1));
    if (!input) return;
    event.preventDefault();
    input.focus();
    input.scrollIntoView({ block: "center" });
  });
}
