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
