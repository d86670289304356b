/* The forms on the page of what queues promise: Cancel and Escape put one away as it was. */

for (const drawer of document.querySelectorAll(".target-form")) {
  const summary = drawer.querySelector("summary");
  drawer.addEventListener("reset", () => {
    drawer.open = false;
    summary.focus();
  });
  drawer.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drawer.open) return;
    event.preventDefault();
    drawer.querySelector("[data-cancel]").click();
  });
}
