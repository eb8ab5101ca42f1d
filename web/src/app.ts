/** What every page of the desk loads: the design, htmx, keyboard, theme, evidence and forms. */

import "./styles/app.css";
import htmx from "htmx.org";
import { startEvidence } from "./evidence.ts";
import { startForms } from "./forms.ts";
import { startInbox } from "./inbox.ts";
import { startKeyboard } from "./keyboard.ts";
import { startNarrowing } from "./narrowing.ts";
import { startScrollers } from "./scrollers.ts";
import { startThemeButtons } from "./theming.ts";

// The page's policy allows neither inline styles nor other origins; our own sheet holds the indicator's rules.
htmx.config.includeIndicatorCSS = false;
htmx.config.mode = "same-origin";

startThemeButtons();
startKeyboard();
startEvidence();
startForms();
startNarrowing();
startScrollers();
startPalette();
startInbox();

/** Control K, or Command K on a Mac: the palette is fetched when it is first asked for. */
function startPalette(): void {
  document.addEventListener("keydown", (press) => {
    const isAsked = (press.ctrlKey || press.metaKey) && !press.altKey && !press.shiftKey && press.key.toLowerCase() === "k";
    if (!isAsked || press.isComposing) return;
    press.preventDefault();
    void import("./palette.ts").then(({ openPalette }) => openPalette());
  });
}
