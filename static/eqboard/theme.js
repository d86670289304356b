/* Applies what was chosen before anything is painted; without a choice the system decides, and the usual colours hold. */
try {
  const CHOICES = { theme: ["light", "dark"], palette: ["red-green", "blue-yellow"] };
  for (const [name, values] of Object.entries(CHOICES)) {
    const value = localStorage.getItem(`eqboard-${name}`);
    if (values.includes(value)) document.documentElement.dataset[name] = value;
  }
} catch {
  /* no storage: nothing was chosen */
}
