/** The words that scripts put on a page: in English here, in another language as the page brings them along. */

/** By what they are for; `src/tocsin/web/script_words.py` has the same table, which is where translators find it. */
const WORDS = {
  shortcuts: "Keyboard shortcuts",
  close: "Close",
  "change-keys": "Change the keys",
  "open-row": "Open the row",
  "leave-field": "Leave a field",
  "move-row": "Next, previous row (arrows too)",
  "tick-row": "Tick the row",
  "in-row": "%(deed)s: the row you are on",
  search: "Search",
  "palette-key": "Pages, actions and search in one",
  "this-list": "This list",
  "go-to": "Go to %(page)s",
  copied: "Copied",
  "not-copied": "Could not copy",
  "theme-auto": "Theme: automatic",
  "theme-light": "Theme: light",
  "theme-dark": "Theme: dark",
  palette: "Command palette",
  "palette-field": "Search, or go to…",
  "palette-label": "Search, or go to",
  "palette-list": "Pages, actions and hits",
  searching: "Searching…",
  "no-answer": "The search does not answer: %(why)s",
  "search-all": "Search everything for “%(words)s”",
  "saved-filters": "Saved filters",
  pages: "Pages",
  "on-page": "On this page",
  places: "Places",
  incidents: "Incidents",
  claims: "Claims",
  articles: "Articles",
  "all-places": "All %(count)s places",
  "all-incidents": "All %(count)s incidents",
  "all-claims": "All %(count)s claims",
  "all-articles": "All %(count)s articles",
  "take-in": "Take in a report",
  forecasts: "Forecasts",
  about: "About",
  api: "API reference",
  tension: "Tension by day",
  "no-chart": "No chart: %(why)s",
  figures: "The figures",
  "chart-label": "%(label)s: hostile weight upwards, cooperative weight downwards",
  day: "%(day)s %(month)s %(year)s",
  months: "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
  "not-scored": "not scored",
  "not-scored-why": "not scored (%(state)s)",
  hostile: "hostile %(weight)s",
  cooperative: "cooperative %(weight)s",
  "alert-rang": "%(precedence)s alert",
  "no record": "no record",
  "sources-silent": "sources-silent",
  "too-little-history": "too-little-history",
  "map-label": "Map of incidents. Arrow keys move, plus and minus zoom. The list of places follows.",
  "map-note": "Boundaries: Natural Earth. Boundaries and names shown imply no endorsement; dashed lines are disputed. References to Kosovo are understood in the context of UN Security Council resolution 1244 (1999).",
  "map-name": "Map",
  "zoom-in": "Zoom in",
  "zoom-out": "Zoom out",
  "show-all": "Show everything",
  "toggle-note": "Show or hide the note on the map",
  "map-fault": "The map cannot be drawn: %(why)s. The lists show the same incidents.",
  streets: "Streets: %(credit)s.",
  "no-streets": "Streets are not shown. %(why)s",
  "part-unread": "A part of the file cannot be read: %(why)s",
  uncredited: "made by somebody whom the file does not name",
  legend: "Legend",
  conflict: "conflict",
  cooperation: "cooperation",
  mixed: "both at one place",
  "less-firm": "hedged or disputed",
  unrealised: "planned, conditional or denied",
  "only-area": "known only by area",
  "disputed-line": "disputed line",
  "legend-note": "Larger: more independent origins. A number: incidents. A second ring: several places near one another, never of two countries or regions.",
  "list-of-places": "Places (%(number)s)",
  "no-day": "day not given",
  "unnamed-place": "unnamed place",
  "zoom-to-part": "and %(places)s; zoom in to part them",
  "rest-in-list": "and %(number)s more: the list beside the map has them all",
  "none-match": "No incidents match; the map is empty on purpose.",
  "far-outside": "%(number)s of them far outside the first view (zoom out, or take them from Places)",
  shaded: "%(number)s known only by area, shaded",
  unshaped: "%(number)s in areas without a boundary here, not drawn (%(names)s)",
  lost: "%(number)s without a known place, not drawn",
  planned: "planned",
  conditional: "conditional",
  denied: "denied",
  hedged: "hedged",
  disputed: "disputed",
  retracted: "retracted",
  settlement: "settlement",
  district: "district",
  region: "region",
  country: "country",
} as const;

/** Counted things: for one, and for many. */
const COUNTS = {
  incident: ["%(num)s incident", "%(num)s incidents"],
  origin: ["%(num)s origin", "%(num)s origins"],
  "at-place": ["at %(num)s place", "at %(num)s places"],
  "more-place": ["%(num)s more place", "%(num)s more places"],
  entry: ["%(num)s entry", "%(num)s entries"],
  "in-district": ["%(num)s incident placed no more precisely than this district", "%(num)s incidents placed no more precisely than this district"],
  "in-region": ["%(num)s incident placed no more precisely than this region", "%(num)s incidents placed no more precisely than this region"],
  "in-country": ["%(num)s incident placed no more precisely than this country", "%(num)s incidents placed no more precisely than this country"],
} as const;

export type WordKey = keyof typeof WORDS;
export type CountKey = keyof typeof COUNTS;
type Values = Readonly<Record<string, string | number>>;

interface Dictionary {
  readonly words: Readonly<Record<string, unknown>>;
  /** Three forms each: for one, for few, for the rest. */
  readonly counts: Readonly<Record<string, unknown>>;
}

let brought: Dictionary | null | undefined;

/** Reads what a page brings; what cannot be read leaves the scripts in English. */
export function readDictionary(text: string | undefined): Dictionary | null {
  try {
    const given: unknown = text ? JSON.parse(text) : null;
    if (typeof given !== "object" || given === null) return null;
    const { words, counts } = given as Partial<Dictionary>;
    return typeof words === "object" && typeof counts === "object" ? { words, counts } : null;
  } catch {
    return null;
  }
}

function dictionary(): Dictionary | null {
  if (brought === undefined) {
    brought = typeof document === "undefined" ? null : readDictionary(document.getElementById("script-words")?.dataset["words"]);
  }
  return brought;
}

/** A string in the language of the page, its placeholders filled in. */
export function say(key: WordKey, values: Values = {}, from = dictionary()): string {
  const given = from?.words[key];
  return fill(typeof given === "string" ? given : WORDS[key], values);
}

/** "1 incident", "3 incidents", by the rules of the page's language. */
export function sayCount(key: CountKey, count: number, from = dictionary(), language = from ? pageLanguage() : "en"): string {
  const form = new Intl.PluralRules(language).select(count);
  const given = from?.counts[key];
  const forms: unknown = Array.isArray(given) ? given[form === "one" ? 0 : form === "few" ? 1 : 2] : undefined;
  return fill(typeof forms === "string" ? forms : COUNTS[key][count === 1 ? 0 : 1], { num: count });
}

/** A code that a record holds, in words where the table has it; anything else as it is. */
export function sayCode(code: string): string {
  return Object.hasOwn(WORDS, code) ? say(code as WordKey) : code;
}

function pageLanguage(): string {
  return document.documentElement.lang || "en";
}

function fill(text: string, values: Values): string {
  return text.replace(/%\((\w+)\)s/g, (_, name: string) => String(values[name] ?? ""));
}
