// Modal dialogs: `data-opens` names the one a button opens, `data-closes` is a button inside that closes it.
// The browser keeps the focus inside, closes on Escape and gives the focus back.

export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens).showModal();
    else if (event.target.closest?.("[data-closes]")) event.target.closest("dialog").close();
    else if (event.target.matches?.("dialog")) closeFromOutside(event);
  });
}

// A click on the backdrop reaches the dialog itself, outside its box.
function closeFromOutside(event) {
  const box = event.target.getBoundingClientRect();
  const inside =
    event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside) event.target.close();
}
