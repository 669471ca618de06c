// The review screen from the keyboard. Every page does its work without this file.
"use strict";

const SWITCH = "portail.raccourcis";
const form = document.querySelector("form[data-avis]");
const help = document.querySelector("[data-keys]");
const opener = document.querySelector("[data-keys-open]");
const toggle = document.querySelector("[data-keys-switch]");

// A key pressed alone does something only when its reader has not turned that off (WCAG 2.1.4).
const isOn = () => localStorage.getItem(SWITCH) !== "non";

opener.hidden = false;
opener.addEventListener("click", () => help.showModal());
toggle.checked = isOn();
toggle.addEventListener("change", () => localStorage.setItem(SWITCH, toggle.checked ? "oui" : "non"));

// In a long list, the preuve being read is brought in sight; the page itself does not move.
const current = document.querySelector(".ps-examen-line[aria-current]");
const list = current?.closest("nav");
if (list) list.scrollTop = current.offsetTop - list.clientHeight / 2;

// The next preuve of this chapitre: the next chapitre of a list has its own links.
const follow = (rel) => document.querySelector(`.ps-examen-turn a[rel=${rel}]`)?.click();

const choose = (avis) => {
  const radio = form?.querySelector(`input[name=avis][value=${avis}]`);
  if (!radio) return;
  radio.checked = true;
  radio.focus();
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  if (avis === "to_correct") form.querySelector("textarea")?.focus();
};

const KEYS = {
  j: () => follow("next"),
  k: () => follow("prev"),
  arrowright: () => follow("next"),
  arrowleft: () => follow("prev"),
  a: () => choose("accepted"),
  c: () => choose("to_correct"),
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form && !help.open) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[value=suivant]"));
    return;
  }
  const typing = event.target.closest("textarea, select, input:not([type=radio], [type=checkbox]), video, dialog");
  // Arrows move between the radio buttons when one of them has the focus.
  const choosing = event.key.startsWith("Arrow") && event.target.closest("input");
  if (typing || choosing || event.ctrlKey || event.metaKey || event.altKey || !isOn()) return;
  const act = KEYS[event.key.toLowerCase()];
  if (act) {
    event.preventDefault();
    act();
  }
});

// A ready reason is written into the reason, where it is completed. Without this file, the button does it by saving.
form?.querySelector("button[value=inserer]")?.addEventListener("click", (event) => {
  event.preventDefault();
  // Enter on a radio button presses the first button of a form: it saves, as Enter does elsewhere.
  if (event.detail === 0 && document.activeElement !== event.currentTarget) {
    form.requestSubmit(form.querySelector("button[value=suivant]"));
    return;
  }
  const select = form.querySelector("select[name=motif]");
  const reason = form.querySelector("textarea[name=reason]");
  const text = select.value && select.selectedOptions[0].textContent;
  if (text && !reason.value.includes(text)) {
    reason.value = [reason.value.trim(), text].filter(Boolean).join("\n");
    reason.dispatchEvent(new Event("change", { bubbles: true }));
  }
  select.value = "";
  (text ? reason : select).focus();
});
