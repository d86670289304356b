/* The dialog that asks where a call is sent: who sits there, where it is an agent's telephone. */

function nameWho(input) {
  const seat = [...input.list.options].find(({ value }) => value === input.value.trim());
  const line = document.getElementById("destination-who").firstElementChild;
  line.hidden = !seat;
  line.querySelector("bdi").textContent = seat?.text ?? "";
  line.querySelector(".state-word").textContent = seat?.dataset.stateWord.trim() ?? "";
}

const destination = (event) => (event.target.id === "destination" ? event.target : null);

document.addEventListener("input", (event) => destination(event) && nameWho(event.target));
document.addEventListener("focusin", (event) => {
  const input = destination(event);
  if (!input) return;
  nameWho(input);
  input.select(); // whoever types sends the call to another telephone than their own
});
