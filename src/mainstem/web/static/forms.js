// Forms on their way are busy and are sent once; the summary of errors gets the focus; a word that must be
// typed is checked before the form goes.

function begin(form, button) {
  form.dataset.sending = "";
  if (!button) return;
  button.setAttribute("aria-disabled", "true");
  if (!button.dataset.busy) return;
  const label = button.querySelector("span") ?? button;
  button.dataset.idle = label.textContent;
  label.textContent = button.dataset.busy;
}

function end(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[aria-disabled][type=submit]")) {
    button.removeAttribute("aria-disabled");
    if (button.dataset.idle) (button.querySelector("span") ?? button).textContent = button.dataset.idle;
  }
}

function checkTyped(input) {
  const wanted = input.dataset.mustEqual;
  input.setCustomValidity(input.value === wanted ? "" : `Type ${wanted} to go on`);
}

// What is only shown, as in the gallery, takes no focus.
function focusSummary(root) {
  root.querySelector?.("[data-error-summary]:not([data-still] *)")?.focus();
}

export function startForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-form]")) return;
    if ("sending" in form.dataset) event.preventDefault();
    else begin(form, event.submitter);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("[data-form]");
    if (form) end(form);
  });
  // Back from the next page, the browser may show this one as it was left.
  addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.querySelectorAll("[data-sending]")) end(form);
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-must-equal]")) checkTyped(event.target);
  });
  for (const input of document.querySelectorAll("[data-must-equal]")) checkTyped(input);
  document.addEventListener("htmx:load", (event) => {
    for (const input of event.target.querySelectorAll?.("[data-must-equal]") ?? []) checkTyped(input);
  });
  focusSummary(document);
  document.addEventListener("htmx:afterSettle", (event) => focusSummary(event.target));
}
