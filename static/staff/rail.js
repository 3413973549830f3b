/* The menu on a phone: "More" opens the pages that the bar has no room for. */

function show(rail, on) {
  rail.toggleAttribute("data-open", on);
  rail.querySelector("[data-more]").setAttribute("aria-expanded", String(on));
}

document.addEventListener("click", (event) => {
  const rail = document.querySelector(".rail");
  if (!rail || !(event.target instanceof Element)) return;
  const more = event.target.closest("[data-more]");
  show(rail, Boolean(more) && !rail.hasAttribute("data-open"));
});

document.addEventListener("keydown", (event) => {
  const rail = document.querySelector(".rail[data-open]");
  if (event.key !== "Escape" || !rail) return;
  show(rail, false);
  rail.querySelector("[data-more]").focus();
});
