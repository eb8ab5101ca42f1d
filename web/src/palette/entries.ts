/** What a command palette offers: checked, narrowed to what is typed, and put in order. No DOM here. */

export interface Entry {
  readonly group: string;
  readonly label: string;
  readonly note: string;
  /** Where it leads; null for an action on this page. */
  readonly url: string | null;
  /** The control that an action presses. */
  readonly press?: () => void;
}

const MOST_WORDS = 200;

/** An address on this desk, or null: the palette leads nowhere else. */
export function ownAddress(value: unknown): string | null {
  return typeof value === "string" && /^\/(?![/\\])/.test(value) ? value : null;
}

/** Letters without case and accents, as the desk's own search reads them. */
export function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase();
}

/** Entries that hold every word typed, those whose name begins with the first word before the others. */
export function narrow(entries: readonly Entry[], typed: string): Entry[] {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...entries];
  const held = entries.filter((entry) => {
    const text = fold(`${entry.label} ${entry.note} ${entry.group}`);
    return words.every((word) => text.includes(word));
  });
  const begins = (entry: Entry): number => Number(!fold(entry.label).startsWith(words[0] ?? ""));
  return held.map((entry, at) => ({ entry, at })).sort((a, b) => begins(a.entry) - begins(b.entry) || a.at - b.at).map(({ entry }) => entry);
}

/** The names of the kinds of hits; a kind that is not here is not shown. */
export type Kinds = Readonly<Record<string, string>>;

/** The hits of an answer of `/api/search`, and a line to all of each kind; whatever does not fit is left out. */
export function readHits(answer: unknown, kinds: Kinds, all: (kind: string, total: number) => string): Entry[] {
  const groups = field(answer, "groups");
  if (!Array.isArray(groups)) throw new TypeError("the desk's answer holds no groups");
  return groups.flatMap((group: unknown) => {
    const kind = String(field(group, "kind"));
    const name = kinds[kind];
    const hits = field(group, "hits");
    if (!name || !Array.isArray(hits)) return [];
    const entries = hits.flatMap((hit: unknown): Entry[] => {
      const url = ownAddress(field(hit, "url"));
      const label = text(field(hit, "title"));
      const note = [field(hit, "is_exercise") === true ? "EXERCISE" : "", text(field(hit, "note"))].filter(Boolean).join(" · ");
      return url && label ? [{ group: name, label, note, url }] : [];
    });
    const total = Number(field(group, "total"));
    const url = ownAddress(field(group, "url"));
    return url && total > entries.length ? [...entries, { group: name, label: all(kind, total), note: "", url }] : entries;
  });
}

/** The saved filters of an answer of `/api/filters`; none where the answer is of another kind. */
export function readFilters(answer: unknown, group: string): Entry[] {
  const listed = field(answer, "filters");
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((one: unknown): Entry[] => {
    const [query, label] = [field(one, "query"), text(field(one, "name"))];
    return typeof query === "string" && label ? [{ group, label, note: "", url: `/incidents?${new URLSearchParams(query)}` }] : [];
  });
}

/** The place to move to from `at` among `count`, round the ends; -1 where there is nowhere. */
export function step(at: number, by: number, count: number): number {
  return count === 0 ? -1 : (at + by + count) % count;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value.slice(0, MOST_WORDS).trim() : "";
}
