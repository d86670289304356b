/* The menu in the header of every page: choosing a theme, and closing again. */
(() => {
  const menu = document.getElementById("menu");
  const choice = document.querySelector("[data-theme-choice]");

  function stored() {
    try {
      return localStorage.getItem("eqboard-theme") || "auto";
    } catch {
      return "auto";
    }
  }

  function show(theme) {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    for (const button of choice.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    }
  }

  function choose(theme) {
    try {
      localStorage.setItem("eqboard-theme", theme);
    } catch {
      /* no storage: it lasts as long as the page */
    }
    show(theme);
  }

  if (choice) {
    choice.hidden = false;
    show(stored());
    choice.addEventListener("click", (event) => event.target.value && choose(event.target.value));
  }
  document.addEventListener("click", (event) => {
    if (menu?.open && (!menu.contains(event.target) || event.target.closest("[data-open]"))) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu?.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
