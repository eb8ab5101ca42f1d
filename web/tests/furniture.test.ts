// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { makePlaceList } from "../src/map/furniture.ts";
import { groupSpots, readIncidents } from "../src/map/incidents.ts";
import { makeDrawing, type Told } from "./drawings.ts";

it("lists the places by name when it is opened, once, and leads to each", () => {
  const told = (place: string, lon: number): Told => ({ id: place, place, spot: place, point: [lon, 43] });
  const spots = groupSpots(readIncidents(makeDrawing(told("Orle", 20), told("Brod", 21))));
  const opened: number[] = [];
  const list = makePlaceList(spots, [], (index) => opened.push(index), () => undefined);
  expect(list.querySelectorAll("button")).toHaveLength(0);
  const title = list.querySelector("summary");
  title?.click();
  title?.click();
  const buttons = [...list.querySelectorAll("button")];
  expect(buttons.map((button) => button.textContent)).toEqual(["Brod: 1 incident", "Orle: 1 incident"]);
  buttons[0]?.click();
  expect(opened).toEqual([1]);
});
