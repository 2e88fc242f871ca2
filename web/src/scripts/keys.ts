// Reviewers decide hundreds of candidates a day: 1–9 picks the line, unless somebody is typing.

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

export function watchKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (!/^[1-9]$/.test(event.key) || document.querySelector("dialog[open]:not(.dialog-still)")) return;
    const lists = document.querySelectorAll<HTMLElement>("[data-candidates]");
    const list = (document.activeElement?.closest("[data-candidates]") as HTMLElement | null) ?? lists[0];
    // Two lists on one page and none in focus: a key must not decide the wrong one.
    if (!list || (lists.length > 1 && !list.contains(document.activeElement))) return;
    list.querySelectorAll<HTMLButtonElement>("button[data-candidate]")[Number(event.key) - 1]?.click();
  });
}
