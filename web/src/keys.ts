/** What a key press means on a page of the desk. No DOM here: `keyboard.ts` gathers the facts and carries it out. */

export type KeyAction =
  | { kind: "none" }
  | { kind: "await-go" }
  | { kind: "go"; key: string }
  | { kind: "move"; by: 1 | -1 }
  | { kind: "open" }
  | { kind: "tick" }
  | { kind: "search" }
  | { kind: "help" }
  | { kind: "leave" }
  | { kind: "press"; key: string };

export interface KeyPress {
  readonly key: string;
  /** Control, Meta or Alt is held: the browser's own shortcut, never ours. */
  readonly withModifier: boolean;
  /** The focus is in a field that takes text. */
  readonly inField: boolean;
  /** A dialog is open: only the browser handles keys there. */
  readonly inDialog: boolean;
  /** The focus is on something that Enter already opens: a link, a button. */
  readonly onControl: boolean;
  /** A row is marked: only then arrows belong to the rows, or nobody could scroll a page with them. */
  readonly inRows: boolean;
  /** `g` was pressed just before. */
  readonly afterGo: boolean;
}

const NONE: KeyAction = { kind: "none" };

/** What a person has changed about the keys: the key as it comes, to the one that stands for it now. */
export interface KeyMap {
  readonly changed: ReadonlyMap<string, string>;
  /** No single key does anything. */
  readonly isOff: boolean;
}

/** Reads what the page's body carries; what cannot be read changes nothing. */
export function readKeyMap(text: string | undefined, isOff: boolean): KeyMap {
  const changed = new Map<string, string>();
  try {
    const plain: unknown = text ? JSON.parse(text) : {};
    if (typeof plain === "object" && plain !== null) {
      for (const [key, chosen] of Object.entries(plain)) {
        if (typeof chosen === "string" && [...chosen].length === 1) changed.set(key, chosen);
      }
    }
  } catch {
    changed.clear();
  }
  return { changed, isOff };
}

/** The key as it comes that a pressed one stands for; null where it stands for none. */
export function translateKey(pressed: string, keys: KeyMap): string | null {
  // Enter, the arrows and Escape have names of several letters: they belong to everybody and stay.
  if ([...pressed].length !== 1) return pressed;
  if (keys.isOff) return null;
  for (const [key, chosen] of keys.changed) if (chosen === pressed) return key;
  return keys.changed.has(pressed) ? null : pressed;
}

/** The key that stands for an action now. */
export function shownKey(key: string, keys: KeyMap): string {
  return keys.changed.get(key) ?? key;
}

/** Decides what a key press does; `none` leaves it to the browser. */
export function interpretKey(press: KeyPress): KeyAction {
  if (press.withModifier || press.inDialog) return NONE;
  if (press.inField) return press.key === "Escape" ? { kind: "leave" } : NONE;
  if (press.afterGo) return /^[a-z0-9]$/.test(press.key) ? { kind: "go", key: press.key } : NONE;
  switch (press.key) {
    case "j":
      return { kind: "move", by: 1 };
    case "k":
      return { kind: "move", by: -1 };
    case "ArrowDown":
      return press.inRows ? { kind: "move", by: 1 } : NONE;
    case "ArrowUp":
      return press.inRows ? { kind: "move", by: -1 } : NONE;
    case "Enter":
      return press.onControl ? NONE : { kind: "open" };
    case "o":
      return { kind: "open" };
    case "x":
      return { kind: "tick" };
    case "/":
      return { kind: "search" };
    case "?":
      return { kind: "help" };
    case "g":
      return { kind: "await-go" };
    default:
      return /^[a-z0-9[\]]$/.test(press.key) ? { kind: "press", key: press.key } : NONE;
  }
}

/** The row to move to from row `from` (-1: none yet) among `count`, or null where there is nowhere to go. */
export function nextRow(from: number, by: 1 | -1, count: number): number | null {
  if (count === 0) return null;
  if (from < 0) return by === 1 ? 0 : count - 1;
  const to = from + by;
  return to < 0 || to >= count ? null : to;
}
