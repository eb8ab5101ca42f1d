/** What the desk answers the map's script with, made of incidents told flat. */

export type Told = Readonly<Record<string, unknown>>;

export function makeDrawing(...all: readonly Told[]): { incidents: unknown[]; places: Told[]; looks: Told[]; areas: unknown[] } {
  return {
    incidents: all.map((one, index) => [one["id"], index, index, one["date"], one["reported_at"], one["origins"], one["title"]]),
    places: [...all],
    looks: [...all],
    areas: [],
  };
}
