// What can be found wrong with a page by looking at it: a list of sentences, empty for a good page.
// The rules are WCAG 2.2 AA's, as far as a script can tell; what is not seen is not judged.
() => {
  const problems = [];
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const isSeen = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && !element.closest("dialog:not([open])") && !element.closest("datalist");
  const seen = (selector) => all(selector).filter(isSeen);
  const brief = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 140);
  const wrong = (why, element) => problems.push(element ? `${why}: ${brief(element)}` : why);
  const textOf = (ids) => ids.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim();
  const nameOf = (element) =>
    element.getAttribute("aria-label")?.trim() ||
    (element.hasAttribute("aria-labelledby") && textOf(element.getAttribute("aria-labelledby"))) ||
    (element.labels?.length ? [...element.labels].map((label) => label.textContent).join(" ").trim() : "") ||
    element.textContent.trim() ||
    all("img[alt]", element).map((image) => image.alt).join(" ").trim() ||
    element.getAttribute("title")?.trim() ||
    "";

  // The document
  if (!document.documentElement.lang) wrong("no language");
  if (!document.title.trim()) wrong("no title");

  // Ids, and what refers to them
  const ids = all("[id]").map((element) => element.id);
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) wrong(`the id ${id} stands twice`);
  for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls", "aria-activedescendant", "for", "popovertarget", "data-opens", "data-copy"])
    for (const element of all(`[${attribute}]`))
      for (const id of element.getAttribute(attribute).split(/\s+/))
        if (!document.getElementById(id)) wrong(`${attribute} names ${id}, which is not there`, element);
  for (const link of all('a[href^="#"]'))
    if (link.hash && !document.getElementById(decodeURIComponent(link.hash.slice(1)))) wrong("a link leads nowhere on the page", link);

  // Controls
  const controls = seen("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=tab], [role=option], progress");
  for (const control of controls) {
    if (!nameOf(control) && !(control.tagName === "PROGRESS" && control.getAttribute("aria-labelledby"))) wrong("no name", control);
    if (control.tabIndex >= 0 && control.closest("[aria-hidden=true]")) wrong("a control within what is hidden from readers", control);
    if (control.parentElement.closest("a[href], button")) wrong("a control within a control", control);
  }
  for (const element of all("[tabindex]")) if (element.tabIndex > 0) wrong("a tab order of its own", element);
  for (const target of seen("button, input:not([type=hidden]), select, textarea, summary, nav a")) {
    const box = target.getBoundingClientRect();
    const inSentence = getComputedStyle(target).display === "inline";
    const besideLabel = ["radio", "checkbox"].includes(target.type);
    if (target.closest("[aria-hidden=true]")) continue;
    if (!inSentence && !besideLabel && (box.width < 24 || box.height < 24)) wrong(`smaller than 24 by 24 (${Math.round(box.width)} by ${Math.round(box.height)})`, target);
  }
  for (const element of seen("[aria-invalid=true]"))
    if (!textOf(element.getAttribute("aria-describedby") ?? "")) wrong("wrong, but nobody says why", element);

  // Headings
  const headings = seen("h1, h2, h3, h4, h5, h6");
  if (headings.filter((heading) => heading.tagName === "H1").length !== 1) wrong("not exactly one h1");
  headings.reduce((before, heading) => {
    const level = Number(heading.tagName[1]);
    if (level > before + 1) wrong(`a heading of level ${level} after one of ${before}`, heading);
    if (!heading.textContent.trim()) wrong("an empty heading", heading);
    return level;
  }, 0);

  // Landmarks
  if (seen("main").length !== 1) wrong("not exactly one main");
  const navigations = seen("nav").map((nav) => nav.getAttribute("aria-label"));
  if (navigations.includes(null)) wrong("a navigation without a name");
  if (new Set(navigations).size !== navigations.length) wrong(`navigations share a name: ${navigations}`);
  for (const region of seen("[role=region], section[aria-label], section[aria-labelledby], [role=dialog], dialog, [role=tablist], [role=listbox]"))
    if (!nameOf(region)) wrong("a region without a name", region);
  for (const element of seen("main *, footer *, header *")) {
    if (element.scrollHeight > element.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(element).overflowY) && element.clientHeight > 0)
      if (element.tabIndex < 0 && all("a[href], button, input, [tabindex]", element).length === 0) wrong("scrolls, but not by keyboard", element);
  }

  // Pictures, tables, lists
  for (const image of all("img")) if (!image.hasAttribute("alt")) wrong("a picture without alt", image);
  // A drawing whose parts are links is a group that has a name; any other is one picture, or hidden from readers.
  for (const drawing of seen("svg"))
    if (!drawing.closest("[aria-hidden=true]") && drawing.getAttribute("role") !== "img" && !(drawing.getAttribute("role") === "group" && nameOf(drawing) && drawing.querySelector("a[href]"))) wrong("a drawing that readers try to read", drawing);
  for (const table of seen("table")) {
    if (!table.caption?.textContent.trim()) wrong("a table without a caption", table);
    for (const head of all("th", table)) if (!head.scope) wrong("a head without scope", head);
  }
  for (const list of seen("ul, ol")) for (const child of list.children) if (child.tagName !== "LI") wrong("a list holds something else", child);
  for (const list of seen("dl")) if (!list.querySelector("dt")) wrong("a list of facts without facts", list);

  // Text against what it stands on
  const parse = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
    const most = colour.startsWith("color(") ? 1 : 255; // of a mixed colour, parts run from 0 to 1
    return { rgb: [r, g, b].map((part) => part / most), a };
  };
  const luminance = ({ rgb }) => {
    const [r, g, b] = rgb.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none") return null;
      const colour = parse(style.backgroundColor);
      if (colour.a === 1) return colour;
    }
    return null;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = new Set();
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !isSeen(element) || element.closest("svg, :disabled, [aria-disabled=true], .unseen, template")) continue;
    const style = getComputedStyle(element);
    const ground = groundOf(element);
    if (ground === null || faint.has(element)) continue;
    const [dark, light] = [luminance(parse(style.color)), luminance(ground)].sort((a, b) => a - b);
    const ratio = (light + 0.05) / (dark + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) {
      faint.add(element);
      wrong(`contrast ${ratio.toFixed(2)}`, element);
    }
  }
  return problems;
}
