/** Evidence and claim cards light each other up; both carry the claim's id in `data-claim`. */

/** The ids in a `data-claim` value: several passages may overlap, so a mark may carry several. */
export function splitClaimIds(value: string | undefined): string[] {
  return (value ?? "").split(/\s+/).filter((id) => id !== "");
}

/** Whether two `data-claim` values share an id. */
export function sharesClaim(one: string | undefined, other: string | undefined): boolean {
  const ids = new Set(splitClaimIds(one));
  return splitClaimIds(other).some((id) => ids.has(id));
}

/** Lights up all partners of the claim under the pointer or the focus. */
export function startEvidence(): void {
  const light = (happening: Event): void => {
    const from = happening.target instanceof Element ? happening.target.closest<HTMLElement>("[data-claim]") : null;
    for (const marked of document.querySelectorAll<HTMLElement>("[data-claim]")) {
      const lit = from !== null && sharesClaim(from.dataset["claim"], marked.dataset["claim"]);
      marked.classList.toggle("is-lit", lit);
    }
  };
  document.addEventListener("pointerover", light);
  document.addEventListener("focusin", light);
}
