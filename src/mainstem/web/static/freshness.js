// Times as their distance from now; the exact one stays in the title.

const STEPS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export function showFreshness() {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
    const [unit, size] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? STEPS.at(-1);
    time.title ||= time.textContent;
    time.textContent = words.format(Math.round(seconds / size), unit);
  }
}

export function startFreshness() {
  showFreshness();
  setInterval(showFreshness, 30_000);
}
