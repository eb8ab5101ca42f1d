/** What every page of the desk loads: the design, htmx, keyboard, theme, evidence and forms. */

import "./styles/app.css";
import htmx from "htmx.org";
import { startEvidence } from "./evidence.ts";
import { startForms } from "./forms.ts";
import { startKeyboard } from "./keyboard.ts";
import { startThemeButtons } from "./theming.ts";

// The page's policy allows neither inline styles nor other origins; our own sheet holds the indicator's rules.
htmx.config.includeIndicatorCSS = false;
htmx.config.mode = "same-origin";

startThemeButtons();
startKeyboard();
startEvidence();
startForms();
