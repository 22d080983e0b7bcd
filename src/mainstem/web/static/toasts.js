// Toasts: those that came with the page, and those a response raises (`mainstem:toasts` in HX-Trigger).
// Good news leaves by itself, unless someone is reading it; warnings and failures wait to be dismissed.

const SECONDS_SHOWN = 7;
const STAYING = new Set(["warning", "failed"]);

let region = null;

function isRead() {
  return region.matches(":hover, :focus-within");
}

function leaveSoon(toast) {
  if (STAYING.has(toast.dataset.toast)) return;
  const leave = () => (isRead() ? setTimeout(leave, 1000) : toast.remove());
  setTimeout(leave, SECONDS_SHOWN * 1000);
}

function add({ kind, text }) {
  const template = region.querySelector(`[data-toast-template="${kind}"]`);
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.querySelector("p").textContent = text;
  region.querySelector(STAYING.has(kind) ? "[data-toasts-assertive]" : "[data-toasts-polite]").append(toast);
  leaveSoon(toast);
}

function dismiss(toast) {
  const all = [...region.querySelectorAll("[data-toast]")];
  const next = all[all.indexOf(toast) + 1] ?? all[all.indexOf(toast) - 1];
  const hadFocus = toast.contains(document.activeElement);
  toast.remove();
  if (!hadFocus) return;
  if (next) next.querySelector("[data-dismiss]").focus();
  else document.getElementById("main").focus();
}

export function startToasts() {
  region = document.querySelector("[data-toasts]");
  for (const toast of region.querySelectorAll("[data-toast]")) leaveSoon(toast);
  document.body.addEventListener("mainstem:toasts", (event) => event.detail.toasts.forEach(add));
  region.addEventListener("click", (event) => {
    const toast = event.target.closest("[data-dismiss]")?.closest("[data-toast]");
    if (toast) dismiss(toast);
  });
  region.addEventListener("keydown", (event) => {
    const toast = event.target.closest("[data-toast]");
    if (event.key === "Escape" && toast) dismiss(toast);
  });
}
