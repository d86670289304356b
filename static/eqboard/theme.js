/* Applies the chosen theme before anything is painted; without a choice the system decides. */
try {
  const theme = localStorage.getItem("eqboard-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  /* no storage: the system decides */
}
