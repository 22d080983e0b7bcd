// Tabs within a page: arrow keys, Home and End go from tab to tab, and show the panel of the one they reach.

function select(set, tab) {
  for (const other of set.querySelectorAll("[role=tab]")) {
    const isChosen = other === tab;
    other.setAttribute("aria-selected", String(isChosen));
    other.tabIndex = isChosen ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).hidden = !isChosen;
  }
  tab.focus();
}

function target(key, tabs, at) {
  switch (key) {
    case "ArrowRight":
      return tabs[(at + 1) % tabs.length];
    case "ArrowLeft":
      return tabs[(at - 1 + tabs.length) % tabs.length];
    case "Home":
      return tabs[0];
    case "End":
      return tabs.at(-1);
  }
}

export function startTabs() {
  document.addEventListener("click", (event) => {
    const tab = event.target.closest?.("[role=tab]");
    if (tab) select(tab.closest("[data-tabs]"), tab);
  });
  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest?.("[role=tab]");
    if (!tab) return;
    const set = tab.closest("[data-tabs]");
    const tabs = [...set.querySelectorAll("[role=tab]")];
    const next = target(event.key, tabs, tabs.indexOf(tab));
    if (next === undefined) return;
    event.preventDefault();
    select(set, next);
  });
}
