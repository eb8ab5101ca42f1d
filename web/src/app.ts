/** What every page of the desk loads: the design, htmx, keyboard, theme, evidence and forms. */

import "./styles/app.css";
import htmx from "htmx.org";
import { startEvidence } from "./evidence.ts";
import { startForms } from "./forms.ts";
import { startInbox } from "./inbox.ts";
import { startKeyboard } from "./keyboard.ts";
import { startMessages } from "./messages.ts";
import { startNarrowing } from "./narrowing.ts";
import { startRefreshing } from "./refreshing.ts";
import { startScrollers } from "./scrollers.ts";
import { startThemeButtons } from "./theming.ts";

// The page's policy allows neither inline styles nor other origins; our own sheet holds the indicator's rules.
htmx.config.includeIndicatorCSS = false;
htmx.config.mode = "same-origin";

startMessages();
startThemeButtons();
startKeyboard();
startEvidence();
startForms();
startNarrowing();
startRefreshing();
startScrollers();
startPalette();
startInbox();

/** Control K, or Command K on a Mac: the palette is fetched when it is first asked for. */
function startPalette(): void {
  // What is typed while it is on its way is meant for its field: as single keys the letters would mark and save things.
  let typed: string | null = null;
  document.addEventListener(
    "keydown",
    (press) => {
      if (typed === null || press.key.length > 1 || press.ctrlKey || press.metaKey || press.altKey) return;
      typed += press.key;
      press.preventDefault();
      press.stopImmediatePropagation();
    },
    { capture: true },
  );
  document.addEventListener("keydown", (press) => {
    const isAsked = (press.ctrlKey || press.metaKey) && !press.altKey && !press.shiftKey && press.key.toLowerCase() === "k";
    if (!isAsked || press.isComposing) return;
    press.preventDefault();
    typed ??= "";
    void import("./palette.ts")
      .then(({ openPalette }) => openPalette(typed ?? ""))
      .finally(() => (typed = null));
  });
}
