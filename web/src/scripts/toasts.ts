// Short answers in the corner. The server sends them with the page (Django messages) or with an htmx answer:
//   HX-Trigger: {"toast": {"tone": "good", "text": "…"}}   (text as \u escapes: headers are ASCII)
// Bad news stays until it is closed; the rest leaves after a while, but never while somebody is reading it.

const STAY_MS = 6000;

interface Toast {
  tone?: "good" | "info" | "warn" | "bad";
  text: string;
}

function leaveLater(note: HTMLElement): void {
  if (note.dataset["tone"] === "bad" || note.dataset["tone"] === "warn") return;
  let timer = window.setTimeout(() => note.remove(), STAY_MS);
  const wait = () => window.clearTimeout(timer);
  const resume = () => {
    timer = window.setTimeout(() => note.remove(), STAY_MS);
  };
  note.addEventListener("mouseenter", wait);
  note.addEventListener("mouseleave", resume);
  note.addEventListener("focusin", wait);
  note.addEventListener("focusout", resume);
}

/** Show one line in the corner, in the shape of the template kept in the page. */
export function say({ tone = "info", text }: Toast): void {
  const corner = document.querySelector<HTMLElement>("[data-toasts]");
  const pattern = document.querySelector<HTMLTemplateElement>(`template[data-toast="${tone}"]`);
  const note = pattern?.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
  if (!corner || !note) return;
  const words = note.querySelector("[data-toast-text]");
  if (words) words.textContent = text;
  corner.append(note);
  leaveLater(note);
}

export function watchToasts(): void {
  document.querySelectorAll<HTMLElement>("[data-toasts] > .toast-note").forEach(leaveLater);
  document.addEventListener("click", (event) => {
    (event.target as Element).closest("[data-toast-close]")?.closest(".toast-note")?.remove();
  });
  document.addEventListener("toast", (event) => say((event as CustomEvent).detail as Toast));

  const corner = document.querySelector<HTMLElement>("[data-toasts]");
  const words = (name: string) => corner?.getAttribute(`data-words-${name}`) ?? "";
  document.addEventListener("htmx:sendError", () => say({ tone: "bad", text: words("offline") }));
  document.addEventListener("htmx:timeout", () => say({ tone: "bad", text: words("offline") }));
  document.addEventListener("htmx:responseError", (event) => {
    const status = ((event as CustomEvent).detail as { xhr: XMLHttpRequest }).xhr.status;
    say({ tone: "bad", text: words(status === 403 ? "denied" : "failed") });
  });
}
