// Menus over the page: one open at a time, closed by Escape or by a click elsewhere, focus given back where it was.

const open = () => document.querySelectorAll("details[data-menu][open]");

let lastUsed = null;

export function startMenus() {
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  // A choice replaces the dashboard, and with it the element that had the focus.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target.id !== "dashboard") return;
    lastUsed = event.target.closest?.("details[data-menu]")?.id ?? open()[0]?.id ?? null;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "dashboard" || lastUsed === null) return;
    document.getElementById(lastUsed)?.querySelector("summary").focus();
    lastUsed = null;
  });
}
