// What is pressed while an explore is being asked waits for the answer: the form it stands in is exchanged then,
// and a second question from the old form would not know of the first.

const waiting = [];
let asking = null;

const underWay = () => asking !== null && asking.readyState !== XMLHttpRequest.DONE;

export function startPresses(press) {
  const goOn = () => {
    if (waiting.length && !underWay()) press(waiting.shift());
  };
  document.addEventListener("htmx:beforeSend", (event) => {
    if (event.target.id !== "ask-form") return;
    asking = event.detail.xhr;
    // An answer that is exchanged goes on below, once its form can be pressed.
    asking.addEventListener("loadend", () => {
      if (asking?.status >= 200 && asking.status < 300) return;
      setTimeout(goOn);
    });
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "ask") goOn();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.('button[name="do"]');
    if (!underWay() || button?.form?.id !== "ask-form") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.push(button.value);
  }, true);
}
