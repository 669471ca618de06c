// Small comforts. Every page does its work without this file.
"use strict";

// What is said aloud to whoever listens to the page, in a region that no swap takes away.
window.announce = (text) => {
  const region = document.querySelector("#annonces");
  if (region) region.textContent = region.textContent === text ? `${text}\u00a0` : text;
};

// After an act, start reading at what it answers: what is to correct, else what is told, else the title of the page.
const ACTED = "portail.acte";

function noteActed() {
  try {
    sessionStorage.setItem(ACTED, "oui");
  } catch {
    // A browser that keeps nothing starts reading at the top.
  }
}

function hasActed() {
  try {
    const acted = sessionStorage.getItem(ACTED) !== null;
    sessionStorage.removeItem(ACTED);
    return acted;
  } catch {
    return false;
  }
}

function readFrom(element) {
  if (!element) return;
  if (!element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus();
}

const acted = hasActed();
const answer = document.querySelector("[data-error-summary]") ?? document.querySelector("[data-arrival]");
if (answer) readFrom(answer);
else if (acted && !location.hash) readFrom(document.querySelector("h1"));

// A swap that takes away what had the focus gives it to what came instead.
let swapped = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  swapped = event.detail.target?.contains(document.activeElement) ? event.detail.target : null;
});
document.addEventListener("htmx:afterSettle", () => {
  if (swapped && document.activeElement === document.body) readFrom(swapped);
  swapped = null;
});

// Escape closes the menu that has the focus, and gives it back to what opened it.
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.activeElement?.closest("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// What is folded is printed too.
const unfolded = [];
window.addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("main details:not([open])")) {
    folded.open = true;
    unfolded.push(folded);
  }
});
window.addEventListener("afterprint", () => {
  for (const folded of unfolded.splice(0)) folded.open = false;
});

// A form leaves once, until something else is typed in it, ten seconds pass, or the way back (bfcache) shows it again:
// a sending that was stopped must not keep it shut. `data-again` spares a form whose answer is a file.
function wakeUp(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("button[type=submit]")) button.removeAttribute("aria-disabled");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "again" in form.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  noteActed();
  for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", "true");
  setTimeout(() => {
    wakeUp(form);
    if (form.dataset.held) form.dispatchEvent(new Event("change", { bubbles: true }));
    delete form.dataset.held;
  }, 10000);
});

// A form that leaves takes every answer along: an automatic save behind it could arrive after what is typed on the next
// page, and bring back what was corrected there. It is held, until the form may leave again.
document.addEventListener("htmx:confirm", (event) => {
  const form = event.target;
  if (!form.dataset?.sent) return;
  event.preventDefault();
  form.dataset.held = "true";
});

document.addEventListener("input", (event) => {
  if (event.target.form?.dataset.sent) wakeUp(event.target.form);
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) wakeUp(form);
});

// <button data-confirm="Retirer cet accès ?">: asks first, then sends with that very button.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-confirm]");
  if (!button || !button.form || button.dataset.confirmed) return;
  event.preventDefault();
  const dialog = document.createElement("dialog");
  const question = document.createElement("p");
  const actions = document.createElement("div");
  const yes = document.createElement("button");
  const no = document.createElement("button");
  dialog.className = "ps-dialog";
  question.id = "ps-dialog-question";
  question.textContent = button.dataset.confirm;
  dialog.setAttribute("aria-labelledby", question.id);
  actions.className = "ps-actions";
  yes.type = no.type = "button";
  yes.className = "ps-button";
  yes.textContent = button.querySelector("span")?.firstChild.textContent ?? button.textContent;
  no.className = "ps-button ps-button-secondary";
  no.textContent = "Revenir";
  no.autofocus = true;
  yes.addEventListener("click", () => {
    dialog.close();
    button.dataset.confirmed = "true";
    button.form.requestSubmit(button);
    delete button.dataset.confirmed;
  });
  no.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    button.focus();
  });
  actions.append(yes, no);
  dialog.append(question, actions);
  document.body.append(dialog);
  dialog.showModal();
});

// Time left before an échéance, counted from the server's instant and never from this computer's clock.
// A demonstration's clock that is frozen counts nothing.
for (const element of document.querySelectorAll("body:not([data-clock]) [data-countdown][data-now]")) {
  const left = Date.parse(element.dataset.countdown) - Date.parse(element.dataset.now);
  const plural = (count, word) => `${count}\u00a0${word}${count > 1 ? "s" : ""}`;
  const say = () => {
    const seconds = Math.floor((left - performance.now()) / 1000);
    if (seconds < 0) {
      element.textContent = "L’échéance est passée";
      window.announce(element.textContent);
      return;
    }
    const days = Math.floor(seconds / 86400);
    const hours = Math.floor((seconds % 86400) / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    // The two greatest units are enough: days and hours, hours and minutes, minutes and seconds.
    const units = [[days, "jour"], [hours, "heure"], [minutes, "minute"], [seconds % 60, "seconde"]];
    const first = Math.max(0, units.findIndex(([count]) => count > 0));
    const greatest = units.slice(first, first + 2).filter(([count]) => count > 0);
    const told = greatest.map(([count, word]) => plural(count, word)).join(" et ") || "moins d’une seconde";
    element.textContent = `Il reste ${told}`;
    setTimeout(say, days > 0 ? 60000 : 1000);
  };
  if (Number.isFinite(left)) say();
}

// An automatic save that the server refused, or that never arrived, must not pass for one that succeeded.
for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => {
    const form = event.target.closest("form[data-save-failed]");
    const status = document.querySelector("#enregistrement");
    if (form && status) status.textContent = form.dataset.saveFailed;
  });
}

// <textarea data-longest="10000">: says how many characters are typed, counted as the server does (textes.js). What is
// too long is refused in words, never cut.
for (const area of document.querySelectorAll("textarea[data-longest]")) {
  const count = document.createElement("p");
  const longest = Number(area.dataset.longest).toLocaleString("fr-FR");
  const say = () => {
    const typed = window.charactersIn?.(area.value) ?? area.value.length;
    const over = typed > Number(area.dataset.longest);
    count.textContent = `${typed.toLocaleString("fr-FR")} sur ${longest} caractères`;
    count.dataset.over = over;
    area.setCustomValidity(over ? `Ce texte compte ${typed.toLocaleString("fr-FR")} caractères\u00a0: ${longest} au plus.` : "");
  };
  count.className = "ps-typed";
  area.after(count);
  area.addEventListener("input", say);
  say();
}

// A champ that another answer makes useless is hidden while that answer stands; the server says the same on reload.
const conditional = document.querySelectorAll("[data-only-if], [data-unless]");
if (conditional.length > 0) {
  const follow = () => {
    for (const champ of conditional) {
      const form = champ.closest("form");
      const { onlyIf, onlyIs, unless, unlessAll } = champ.dataset;
      if (!form?.elements.namedItem(onlyIf ?? unless)) continue;
      const answers = new FormData(form).getAll(onlyIf ?? unless);
      const known = unlessAll?.split(" ") ?? [];
      const asked = onlyIf ? answers.includes(onlyIs) : answers.length === 0 || !answers.every((answer) => known.includes(answer));
      champ.hidden = !asked;
    }
  };
  document.addEventListener("change", follow);
  follow();
}

// « Oui, je les déclare ci-dessous » opens the line to fill.
document.addEventListener("change", (event) => {
  const { name, value, form } = event.target;
  if (!form || value !== "lignes" || !name.endsWith("-stance")) return;
  const lines = event.target.closest("fieldset")?.querySelectorAll(".ps-lines > details") ?? [];
  if (lines.length > 0) lines[lines.length - 1].open = true;
});

// A link to a place that is folded unfolds it.
const unfold = () => {
  const place = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!place) return;
  for (let folded = place.closest("details"); folded; folded = folded.parentElement?.closest("details")) folded.open = true;
  place.scrollIntoView();
};
window.addEventListener("hashchange", unfold);
if (document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest("details:not([open])")) unfold();
