/* Runs before the first paint, as a classic script: a reader who chose dark must never see a white flash.
   It stands alone (no imports, no exports) and adds no global name. */
(() => {
  try {
    const chosen = localStorage.getItem("tocsin-theme");
    if (chosen === "light" || chosen === "dark") {
      document.documentElement.dataset["theme"] = chosen;
    }
  } catch {
    // Storage may be blocked by the browser's settings: the system's own preference holds then.
  }
  document.documentElement.classList.add("has-script");
})();
