// The large type is a preference of the person at this browser; the server reads the cookie for the next page.

const YEAR = 365 * 24 * 60 * 60;

export function watchTextSize(): void {
  const root = document.documentElement;
  const buttons = document.querySelectorAll<HTMLButtonElement>("[data-size-choice]");
  const show = () => {
    const now = root.dataset["size"] ?? "normal";
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset["sizeChoice"] === now)));
  };
  buttons.forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const size = button.dataset["sizeChoice"] === "large" ? "large" : "normal";
      root.dataset["size"] = size;
      const secure = location.protocol === "https:" ? "; Secure" : "";
      document.cookie = `gongzhi_size=${size}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
      show();
    });
  });
  show();
}
