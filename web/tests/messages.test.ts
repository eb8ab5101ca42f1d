// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { forget, startMessages } from "../src/messages.ts";

describe("what was said once", () => {
  beforeEach(() => {
    document.body.innerHTML = "";
    history.replaceState(null, "", "/alerts/alt_a?notice=acknowledged#note");
  });

  it("leaves the address as it was otherwise", () => {
    expect(forget("/inbox", "?type=ASSAULT&notice=all-read", "")).toBe("/inbox?type=ASSAULT");
    expect(forget("/inbox", "?told=read-2-0", "#results")).toBe("/inbox#results");
    expect(forget("/incidents", "?by_party=words%3Athe+notice&query=notice%3D", "")).toBe(
      "/incidents?by_party=words%3Athe+notice&query=notice%3D",
    );
  });

  it("is not asked for again by Back or a reload", () => {
    document.body.innerHTML = '<p data-once="acknowledged">Acknowledged.</p>';
    startMessages();
    expect(location.pathname + location.search + location.hash).toBe("/alerts/alt_a#note");
    expect(document.querySelector("[data-once]")).not.toBeNull();
  });

  it("goes from a page that the browser kept whole", () => {
    document.body.innerHTML = '<p data-once="">Acknowledged.</p><p>The rest.</p>';
    startMessages();
    dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    expect(document.body.textContent).toBe("The rest.");
  });

  it("leaves an address alone that told nothing", () => {
    startMessages();
    expect(location.search).toBe("?notice=acknowledged");
  });
});
