/** The theme button: light, dark or as the system has it. */

import { say } from "./words.ts";

export type Theme = "light" | "dark" | "auto";

const STORE_KEY = "tocsin-theme";
const ORDER: readonly Theme[] = ["auto", "light", "dark"];
const LABELS = { auto: "theme-auto", light: "theme-light", dark: "theme-dark" } as const;
const SIGNS: Record<Theme, string> = { auto: "◐", light: "☀", dark: "☾" };

/** The theme that a stored value stands for; anything unknown is automatic. */
export function parseTheme(stored: string | null): Theme {
  return stored === "light" || stored === "dark" ? stored : "auto";
}

/** The theme that follows on a press of the button. */
export function nextTheme(theme: Theme): Theme {
  return ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length] ?? "auto";
}

/** Whether the page is dark now, by choice or by the system. */
export function isDark(root: HTMLElement = document.documentElement): boolean {
  const chosen = parseTheme(root.dataset["theme"] ?? null);
  return chosen === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : chosen === "dark";
}

/** Calls `react` whenever light turns to dark or back; gives a function that stops it. */
export function watchTheme(react: (dark: boolean) => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const tell = (): void => react(isDark());
  const observer = new MutationObserver(tell);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  system.addEventListener("change", tell);
  return () => {
    observer.disconnect();
    system.removeEventListener("change", tell);
  };
}

/** Labels and un-hides the theme buttons, and makes them turn the theme. */
export function startThemeButtons(): void {
  let theme = readStored();
  const show = (): void => {
    for (const button of document.querySelectorAll<HTMLButtonElement>("[data-theme-toggle]")) {
      button.hidden = false;
      button.textContent = SIGNS[theme];
      button.title = say(LABELS[theme]);
      button.setAttribute("aria-label", button.title);
    }
  };
  document.addEventListener("click", (press) => {
    if (!(press.target instanceof Element) || !press.target.closest("[data-theme-toggle]")) return;
    theme = nextTheme(theme);
    applyTheme(theme);
    show();
  });
  show();
}

function readStored(): Theme {
  try {
    return parseTheme(localStorage.getItem(STORE_KEY));
  } catch {
    return "auto";
  }
}

function applyTheme(theme: Theme): void {
  if (theme === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    if (theme === "auto") localStorage.removeItem(STORE_KEY);
    else localStorage.setItem(STORE_KEY, theme);
  } catch {
    // Blocked storage: the choice lasts for this page only.
  }
}
