// Moments on the reader's own clock, beside what the server says in UTC and in the schedule's time zone.

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", hour: "2-digit", minute: "2-digit" });

export function showClocks() {
  for (const element of document.querySelectorAll("[data-clock]:not([data-clock-shown])")) {
    const at = new Date(element.dataset.clock);
    element.dataset.clockShown = "";
    if (at.getTimezoneOffset() === 0) continue;
    const isSameDay = at.getDate() === at.getUTCDate();
    element.append(` · ${(isSameDay ? clock : day).format(at)} here`);
  }
}
