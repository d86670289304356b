/* A screen whose board cannot be had just now: it asks every ten seconds, and loads itself again once there is an answer. */
(() => {
  const EVERY_MS = 10_000;
  const UNAVAILABLE = 503;

  async function ask() {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (answer.status !== UNAVAILABLE) return location.reload();
    } catch {
      /* nobody answers at all */
    }
    setTimeout(ask, EVERY_MS);
  }

  setTimeout(ask, EVERY_MS);
})();
