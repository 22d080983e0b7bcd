// Runs before the first paint, so that what this browser remembers never flashes by the other way round.
{
  const root = document.documentElement;
  const theme = localStorage.getItem("mainstem-theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if (localStorage.getItem("mainstem-rail") === "narrow") root.dataset.rail = "narrow";
}
