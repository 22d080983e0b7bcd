// What is pressed while an explore is being asked waits for the answer: the form it stands in is exchanged then,
// and a second question from the old form would not know of the first.

const waiting = [];
let asking = null;

export function startPresses(press) {
  const goOn = () => {
    if (waiting.length && asking === null) press(waiting.shift());
  };
  document.addEventListener("htmx:beforeSend", (event) => {
    if (event.target.id !== "ask-form") return;
    const request = event.detail.xhr;
    asking = request;
    request.addEventListener("loadend", () => {
      if (asking === request) asking = null;
      // An answer that is exchanged goes on below, once its form can be pressed.
      if (request.status < 200 || request.status >= 300) setTimeout(goOn);
    });
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "ask") goOn();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.('button[name="do"]');
    if (asking === null || button?.form?.id !== "ask-form") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.push(button.value);
  }, true);
}
