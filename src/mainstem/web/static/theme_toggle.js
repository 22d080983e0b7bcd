// The button that goes from the system's theme to light to dark, and remembers it in this browser.

const ORDER = ["auto", "light", "dark"];
const root = document.documentElement;

const current = () => root.dataset.theme ?? "auto";

function announce() {
  document.dispatchEvent(new CustomEvent("mainstem:theme"));
}

function show(button) {
  const name = current();
  button.querySelector("[data-theme-label]").textContent = name[0].toUpperCase() + name.slice(1);
  button.setAttribute("aria-label", `Theme: ${name}`);
  button.dataset.shown = name;
}

function choose(name) {
  if (name === "auto") {
    delete root.dataset.theme;
    localStorage.removeItem("mainstem-theme");
  } else {
    root.dataset.theme = name;
    localStorage.setItem("mainstem-theme", name);
  }
}

export function startThemeToggle() {
  const button = document.querySelector("[data-theme-toggle]");
  if (button === null) return;
  button.hidden = false;
  show(button);
  button.addEventListener("click", () => {
    choose(ORDER[(ORDER.indexOf(current()) + 1) % ORDER.length]);
    show(button);
    announce();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", announce);
}
