// Words for those who do not see what changed: one polite live region for the whole page.

export function say(text) {
  document.querySelector("[data-announce]").textContent = text;
}

// An element that arrives with `data-say` is announced once, such as the end of some progress.
export function startAnnouncements() {
  document.addEventListener("htmx:load", (event) => {
    const told = event.target.closest?.("[data-say]") ?? event.target.querySelector?.("[data-say]");
    if (told) say(told.dataset.say);
  });
}
