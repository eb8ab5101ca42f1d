// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { readIncidents, type MapIncident } from "../src/map/incidents.ts";
import { makeDrawing, type Told } from "./drawings.ts";
import { countShares, groupByPlace, linkPage } from "../src/map/linking.ts";
import { fillForm } from "../src/filters.ts";
import { addStretch, joinStretch } from "../src/timeline/brush.ts";

const incident = (id: string, at: string, more: object = {}): Told => ({ id, type: "ASSAULT", family: "conflict", reported_at: at, ...more });
const read = (...all: Told[]): MapIncident[] => readIncidents(makeDrawing(...all));
const HOURS = [12, 13].map((hour) => ({ since: Date.UTC(2026, 2, 12, hour), until: Date.UTC(2026, 2, 12, hour + 1) }));
const HELD = read(
  incident("a", "2026-03-12T12:00:00+00:00", { spot: "s" }),
  incident("b", "2026-03-12T12:59:59.999999+00:00", { spot: "s", family: "cooperation" }),
  incident("c", "2026-03-12T13:00:00+00:00", { area_id: "d" }),
  incident("d", "no time"),
);

describe("shares", () => {
  it("count each incident in the one stretch it was reported in", () => {
    expect(countShares(HELD, HOURS)).toEqual([{ conflict: 1, cooperation: 1 }, { conflict: 1, cooperation: 0 }]);
    expect(countShares([], HOURS)).toEqual([{ conflict: 0, cooperation: 0 }, { conflict: 0, cooperation: 0 }]);
  });

  it("hold each incident under one place", () => {
    expect([...groupByPlace(HELD)].map(([key, group]) => [key, group.length])).toEqual([["s", 2], ["d", 1], ["", 1]]);
  });
});

describe("a linked page", () => {
  beforeEach(() => {
    document.body.innerHTML = `<div data-map-list><p data-place="s">S</p><p data-place="d">D</p><li data-incident="a"></li><li data-incident="c"></li></div>
      <svg data-brush="/map"><a class="timeline-day" data-since="2026-03-12T12:00:00+00:00" data-until="2026-03-12T13:00:00+00:00"><rect class="timeline-hostile" data-bar="2" y="10" height="20" x="1" width="3"/></a></svg>`;
  });

  const lit = (): string[] => [...document.querySelectorAll<HTMLElement>(".is-lit")].map((one) => one.dataset["incident"] ?? one.dataset["place"] ?? "");
  const over = (selector: string, name = "pointerover"): void => void document.querySelector(selector)?.dispatchEvent(new Event(name, { bubbles: true }));

  it("lights up rows and the part of a bar that a place has, and puts the light out", () => {
    const page = linkPage(HELD);
    over("[data-place=s]");
    expect(lit()).toEqual(["s", "a"]);
    const part = document.querySelector(".timeline-lit");
    expect([part?.getAttribute("y"), part?.getAttribute("height")]).toEqual(["20", "10"]);
    over("[data-place=s]", "pointerout");
    expect(lit()).toEqual([]);
    expect(document.querySelector(".timeline-lit")).toBeNull();
    page.light(HELD.slice(2, 3));
    expect(lit()).toEqual(["d", "c"]);
    page.end();
    page.light([]);
    over("[data-place=s]");
    expect(lit()).toEqual([]);
  });
});

describe("a stretch", () => {
  const bars = HOURS.map(({ since, until }) => ({ since: new Date(since).toISOString(), until: new Date(until).toISOString() }));

  it("reaches from the first bar to the last, whichever way it is drawn", () => {
    expect(joinStretch(bars, 0, 1)).toEqual(joinStretch(bars, 1, 0));
    expect(joinStretch(bars, 0, 5)).toBeNull();
    expect(joinStretch([], 0, -1)).toBeNull();
  });

  it("joins what is asked for already", () => {
    const stretch = { since: "2026-03-12T12:00:00+00:00", until: "2026-03-12T13:00:00+00:00" };
    const address = new URL(addStretch("/map?type=ASSAULT&query=a+b", stretch), "http://desk");
    expect(Object.fromEntries(address.searchParams)).toEqual({ type: "ASSAULT", query: "a b", reported_since: "2026-03-12T12:00Z", reported_until: "2026-03-12T13:00Z" });
  });
});

describe("a filter form", () => {
  it("asks for what the address asks for", () => {
    document.body.innerHTML = '<form><input name="last" value="7d"><input name="with_background" type="checkbox" value="1" checked><select name="type"><option value=""></option><option>AID</option></select></form>';
    const form = document.querySelector("form") as HTMLFormElement;
    fillForm(form, new URLSearchParams("type=AID&last="));
    expect(form.querySelector("input")?.value).toBe("");
    expect(form.querySelector("select")?.value).toBe("AID");
    expect((form.elements.namedItem("with_background") as HTMLInputElement).checked).toBe(false);
  });
});
