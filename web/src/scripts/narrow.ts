// A box above a long list: a few characters leave only the options that contain them.

export function narrow(box: HTMLInputElement): void {
  const list = document.getElementById(box.dataset["narrows"] ?? "");
  if (!(list instanceof HTMLSelectElement)) return;
  const wanted = box.value.trim().toLowerCase().split(/\s+/);
  const fitting: HTMLOptionElement[] = [];
  for (const option of list.options) {
    const fits = wanted.every((word) => option.text.toLowerCase().includes(word) || option.value.startsWith(word));
    option.hidden = option.value !== "" && !fits;
    // Some browsers show hidden options of a list; a disabled one at least can't be taken by mistake.
    option.disabled = option.hidden;
    if (fits && option.value !== "") fitting.push(option);
  }
  // Only what can be nothing else is picked for the person; an option that was narrowed away is not kept unseen.
  const only = fitting.length === 1 ? fitting[0] : undefined;
  if (box.value && only) list.value = only.value;
  else if (list.selectedOptions[0]?.hidden) list.value = "";
}

export function watchNarrowing(): void {
  const show = (root: ParentNode) =>
    root.querySelectorAll<HTMLInputElement>("[data-narrows]").forEach((box) => {
      box.hidden = false;
    });
  show(document);
  document.addEventListener("htmx:afterSwap", (event) => show(event.target as HTMLElement));
  document.addEventListener("input", (event) => {
    const box = (event.target as Element).closest<HTMLInputElement>("[data-narrows]");
    if (box) narrow(box);
  });
}
