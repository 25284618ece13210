// Blocks in <head>: a page that follows the system is never drawn in the wrong theme.
(() => {
  "use strict";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const contrast = matchMedia("(prefers-contrast: more)");
  const chosen = root.classList.contains("pf-v6-theme-high-contrast");
  const apply = () => {
    if (root.dataset.theme === "system") {
      root.classList.toggle("pf-v6-theme-dark", dark.matches);
    }
    root.classList.toggle("pf-v6-theme-high-contrast", chosen || contrast.matches);
  };
  dark.addEventListener("change", apply);
  contrast.addEventListener("change", apply);
  apply();
})();
