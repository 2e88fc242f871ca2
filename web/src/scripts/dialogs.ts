// Native <dialog>: the browser keeps the focus inside, Escape closes, focus returns to the opener.

function dialogNamed(id: string | undefined): HTMLDialogElement | null {
  const found = id ? document.getElementById(id) : null;
  return found instanceof HTMLDialogElement ? found : null;
}

/** Buttons with data-dialog-open="ID" and data-dialog-close. */
export function watchDialogs(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const opener = target.closest<HTMLElement>("[data-dialog-open]");
    if (opener) dialogNamed(opener.dataset["dialogOpen"])?.showModal();
    if (target.closest("[data-dialog-close]")) target.closest("dialog")?.close();
  });
  // A form that came back with errors stays where it was: its dialog opens again.
  document.querySelectorAll<HTMLDialogElement>("dialog[data-dialog-opened]").forEach((dialog) => dialog.showModal());
}

/** Ask in the shared dialog; the promise holds true when the person confirms. */
export function ask(question: string, title?: string, yes?: string): Promise<boolean> {
  const dialog = dialogNamed("confirm");
  if (!dialog) return Promise.resolve(window.confirm(question));
  const part = (name: string) => dialog.querySelector<HTMLElement>(`[data-confirm-${name}]`);
  const write = (name: string, words: string | undefined) => {
    const place = part(name);
    if (!place) return;
    place.dataset["usual"] ??= place.textContent ?? "";
    place.textContent = words || place.dataset["usual"];
  };
  write("title", title);
  write("text", question);
  write("yes", yes);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** data-confirm="question" (with data-confirm-title, data-confirm-yes) on a form, a submit button or an htmx element. */
export function watchConfirmations(): void {
  const agreed = new WeakSet<HTMLFormElement>();

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      const button = event.submitter;
      const asker = button?.dataset["confirm"] ? button : form;
      const question = asker.dataset["confirm"];
      if (!question || agreed.delete(form)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      void ask(question, asker.dataset["confirmTitle"], asker.dataset["confirmYes"]).then((yes) => {
        if (!yes) return;
        agreed.add(form);
        form.requestSubmit(button);
      });
    },
    true,
  );

  document.addEventListener("htmx:confirm", (event) => {
    const detail = (event as CustomEvent).detail as { question: string | null; issueRequest(skip: boolean): void };
    if (!detail.question) return;
    event.preventDefault();
    void ask(detail.question).then((yes) => {
      if (yes) detail.issueRequest(true);
    });
  });
}
