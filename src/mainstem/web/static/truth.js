// A link marked data-truth opens what it leads to in a drawer beside the page. Without a script, or with a
// modifier key, it is a link.

let drawer = null;
let trail = [];

function made() {
  if (drawer?.isConnected) return drawer;
  drawer = document.createElement("dialog");
  drawer.className = "truth-drawer";
  drawer.setAttribute("aria-labelledby", "truth-drawer-title");
  const head = document.createElement("div");
  head.className = "truth-drawer-head";
  const title = document.createElement("h2");
  title.id = "truth-drawer-title";
  title.tabIndex = -1;
  const tools = document.createElement("div");
  const back = button("Back", () => {
    trail.pop();
    show(trail.at(-1));
  });
  const page = document.createElement("a");
  page.className = "button";
  page.textContent = "Open as a page";
  const close = button("Close", () => drawer.close());
  tools.append(back, " ", page, " ", close);
  head.append(title, tools);
  const body = document.createElement("div");
  drawer.append(head, body);
  drawer.addEventListener("click", (event) => {
    if (event.target === drawer) drawer.close();
  });
  drawer.parts = { title, back, page, body };
  document.body.append(drawer);
  return drawer;
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

async function show(href) {
  const { title, back, page, body } = made().parts;
  back.hidden = trail.length < 2;
  page.href = href;
  title.textContent = "What stands behind this";
  body.setAttribute("aria-busy", "true");
  const waiting = document.createElement("div");
  waiting.className = "waiting";
  body.replaceChildren(waiting);
  if (!drawer.open) drawer.showModal();
  title.focus();
  let text;
  let ok = false;
  try {
    const answer = await fetch(`${href}${href.includes("?") ? "&" : "?"}piece=yes`, { headers: { accept: "text/html" } });
    ok = answer.ok;
    text = await answer.text();
  } catch {
    text = "";
  }
  if (trail.at(-1) !== href) return;
  const found = new DOMParser().parseFromString(text, "text/html").querySelector("[data-truth-panel]");
  body.setAttribute("aria-busy", "false");
  if (ok && found) {
    title.textContent = found.getAttribute("aria-label");
    body.replaceChildren(document.adoptNode(found));
  } else {
    const failed = document.createElement("p");
    failed.setAttribute("role", "alert");
    failed.textContent = "This could not be looked up now. Open it as a page to read why.";
    body.replaceChildren(failed);
  }
}

// Ends the question that runs: the server stops it when nobody waits for it.
function cancelWhy(button) {
  const answer = button.closest("#why-answer");
  window.htmx.trigger(answer, "htmx:abort");
  answer.setAttribute("aria-busy", "false");
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  said.textContent = "Cancelled. Compare asks again.";
  answer.replaceChildren(said);
}

export function startTruth() {
  document.addEventListener("click", (event) => {
    const cancel = event.target.closest?.("[data-why-cancel]");
    if (cancel) cancelWhy(cancel);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-truth]");
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const href = link.getAttribute("href");
    if (drawer?.open && drawer.contains(link)) trail.push(href);
    else trail = [href];
    show(href);
  });
}
