// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { renew } from "../src/refreshing.ts";

describe("what is shown anew after a report was read", () => {
  it("takes the place of its part alone, and never of what the reader is in", () => {
    document.body.innerHTML = `<p id="a" data-fresh>0 articles</p><section id="now" data-fresh>empty</section><div id="taken">read</div><nav id="n" data-fresh><a href="/">old</a></nav>`;
    document.querySelector<HTMLElement>("#n a")?.focus();
    const fresh = new DOMParser().parseFromString(
      `<p id="a" data-fresh>1 article</p><div id="now"><p>Newest</p></div><div id="taken"></div><nav id="n" data-fresh>new</nav>`,
      "text/html",
    );
    renew(document, fresh);
    expect(document.getElementById("a")?.textContent).toBe("1 article");
    expect(document.getElementById("now")?.textContent).toBe("Newest");
    expect(document.getElementById("taken")?.textContent).toBe("read");
    expect(document.getElementById("n")?.textContent).toBe("old");
  });
});
