/** The part of the map that a person has chosen: kept while filters change, and in the address after `#map=`. */

export interface ChosenView {
  readonly zoom: number;
  /** Degrees. */
  readonly lat: number;
  readonly lon: number;
}

const FORM = /(?:^|[#&])map=(\d{1,2}(?:\.\d+)?)\/(-?\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)(?:&|$)/;
const MOST_ZOOM = 24;

/** The view that the part of an address after `#` tells of; null where it tells of none that a map can show. */
export function readView(hash: string): ChosenView | null {
  const found = FORM.exec(hash);
  if (!found) return null;
  const [zoom, lat, lon] = found.slice(1).map(Number) as [number, number, number];
  return zoom <= MOST_ZOOM && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { zoom, lat, lon } : null;
}

/** The view as an address has it: as fine as one pixel on the screen, about. */
export function writeView({ zoom, lat, lon }: ChosenView): string {
  const decimals = Math.max(0, Math.ceil((zoom * Math.LN2 + Math.log(512 / 360 / 0.5)) / Math.LN10));
  const round = (value: number, places: number): number => Number(value.toFixed(places));
  return `#map=${round(zoom, 2)}/${round(lat, decimals)}/${round(lon, decimals)}`;
}

/** What a page remembers of its map for as long as it is open. */
export class ViewMemory {
  private chosen: ChosenView | null = null;

  /** The view to open on: as the person left it, else as the address has it, else null: the data decide. */
  find(): ChosenView | null {
    return (this.chosen ??= readView(location.hash));
  }

  /** Remembers a view and writes it into the address; null forgets it, and what the address has of it. */
  keep(view: ChosenView | null): void {
    this.chosen = view;
    const hash = view ? writeView(view) : "";
    if (!view && readView(location.hash) === null) return;
    if (hash === location.hash) return;
    history.replaceState(history.state, "", `${location.pathname}${location.search}${hash}`);
  }
}
