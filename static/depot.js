// Sends each file as soon as it is chosen, while the rest of the form is being filled; takes up those that were cut.
// Without this file, the form sends them itself.
"use strict";

const TOLD_EVERY = 25; // Percent: what a screen reader says of the whole.

function begin(root) {
  for (const form of root.querySelectorAll("form[data-envois]")) {
    const field = form.querySelector("input[type=file][data-nature]");
    if (field && window.crypto?.subtle) new Uploads(form, field);
  }
}

begin(document);

// A deposit that opens under its row, in the table of a chapitre: one at a time, and none while files travel there.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.target.hasAttribute("data-in-place")) return;
  const open = document.getElementById("sur-place");
  if (!open) return;
  if (open.querySelector("[data-state=preparing], [data-state=sending]")) {
    event.preventDefault();
    open.querySelector("[role=status]")?.append(" Un envoi est en cours ici\u00a0: attendez sa fin.");
    open.scrollIntoView({ block: "nearest" });
    return;
  }
  open.remove();
});
document.addEventListener("htmx:afterSwap", () => {
  const open = document.getElementById("sur-place");
  if (!open || open.dataset.begun) return;
  open.dataset.begun = "";
  begin(open);
  open.querySelector("input:not([type=hidden]), textarea")?.focus();
});
for (const list of document.querySelectorAll("ul[data-awaited]")) {
  if (window.crypto?.subtle) new Uploads(null, null, list);
}

function Uploads(form, field, list = form.querySelector(".ps-uploads")) {
  const status = element("p", "ps-visually-hidden");
  const total = element("p", "ps-uploads-total");
  const bar = document.createElement("progress");
  const count = element("span", "ps-small");
  const lines = new Map(); // by envoi: what is drawn of it
  let announced = 0;
  status.setAttribute("role", "status");
  bar.setAttribute("aria-label", "Envoi de tous les fichiers");
  total.append(bar, count);
  total.hidden = true;
  list.before(total, status);

  for (const line of list.querySelectorAll("[data-envoi]")) takeUp(line);

  field?.addEventListener("change", () => {
    for (const file of field.files) add(file);
    field.value = ""; // What is sent here must not be sent again with the form.
  });
  window.addEventListener("beforeunload", (event) => {
    if (underWay().length) event.preventDefault();
  });
  form?.addEventListener("submit", (event) => submitted(event), true);

  function underWay() {
    return [...lines.keys()].filter((envoi) => ["preparing", "sending"].includes(envoi.state));
  }

  // -- one line a file ------------------------------------------------------------------------------------------------

  async function add(file) {
    const line = element("li", "ps-upload");
    line.append(
      element("span", "ps-upload-name", `${file.name} (${sizeOf(file.size)})`),
      element("span", "ps-upload-said"),
      element("span", "ps-upload-buttons"),
    );
    list.append(line);
    const envoi = made(line, { file, name: file.name, size: file.size });
    envoi.state = "preparing";
    const sentence = await window.portailFichiers.refusalOf(field, file); // What would be refused does not travel.
    if (sentence) return show(envoi, "refused", sentence);
    status.textContent = `Envoi de ${file.name} commencé.`;
    return begin(envoi);
  }

  function begin(envoi) {
    envoi.start({ doors: form.dataset.envois, nature: field.dataset.nature, partSize: Number(field.dataset.part) });
  }

  // A file that was declared before this page was shown.
  function takeUp(line) {
    const { name, size, href, state } = line.dataset;
    const envoi = made(line, { name, size: Number(size), href });
    if (state === "arrived") return envoi.follow();
    envoi.state = state === "travelling" ? "cut" : state;
    return draw(envoi, envoi.state, line.querySelector(".ps-upload-said").textContent.trim());
  }

  function made(line, given) {
    const envoi = new Envoi({
      ...given,
      tell: (state, sentence) => show(envoi, state, sentence),
      moved: () => progress(),
    });
    lines.set(envoi, line);
    return envoi;
  }

  function show(envoi, state, sentence) {
    if (state !== "waiting") envoi.state = state;
    draw(envoi, state, state === "kept" && !form ? "Reçu et vérifié" : sentence);
    if (envoi.id) name(envoi);
    if (state === "kept") status.textContent = `${envoi.name} est arrivé.`;
    if (["refused", "cut"].includes(state)) status.textContent = `${envoi.name}\u00a0: ${sentence}`;
    progress();
  }

  function draw(envoi, state, sentence) {
    const line = lines.get(envoi);
    const shown = line.querySelector(".ps-upload-said");
    const buttons = line.querySelector(".ps-upload-buttons");
    line.dataset.state = state;
    line.querySelector(".ps-upload-name").textContent = `${envoi.name} (${sizeOf(envoi.size)})`;
    if (state === "sending") {
      if (!shown.querySelector("progress")) {
        const own = document.createElement("progress");
        own.setAttribute("aria-label", `Envoi de ${envoi.name}`);
        shown.replaceChildren(own, element("span", "ps-small"));
      }
      shown.firstChild.max = envoi.size;
      shown.firstChild.value = envoi.loaded;
      shown.lastChild.textContent = `${Math.floor((100 * envoi.loaded) / envoi.size)}\u00a0%`;
    } else {
      shown.replaceChildren(element("span", "ps-small", sentence));
    }
    if (buttons.dataset.state === state) return;
    const held = buttons.contains(document.activeElement);
    buttons.dataset.state = state;
    buttons.replaceChildren(...buttonsOf(envoi, state));
    if (!held) return;
    line.tabIndex = -1;
    (buttons.querySelector("button") ?? line).focus(); // The button that had the focus is no longer there.
  }

  function buttonsOf(envoi, state) {
    if (state === "kept") return form ? [button("Retirer", envoi, remove)] : [];
    if (state === "arrived") return [];
    if (state === "refused") return form ? [button("Retirer", envoi, forget)] : [again(envoi)];
    if (state !== "cut") return [button("Annuler", envoi, form ? forget : stop)];
    return form ? [again(envoi), button("Annuler", envoi, forget)] : [again(envoi)];
  }

  // Goes on: at once when the page still has the file, else once it was chosen again.
  function again(envoi) {
    return button(envoi.file ? "Continuer l’envoi" : "Choisir de nouveau le fichier", envoi, () => {
      if (envoi.file) return envoi.href ? envoi.resume(envoi.file) : begin(envoi);
      const picker = document.createElement("input");
      picker.type = "file";
      picker.hidden = true;
      picker.setAttribute("aria-label", `Fichier ${envoi.name}`);
      picker.addEventListener("change", () => {
        if (picker.files[0]) envoi.resume(picker.files[0]);
        picker.remove();
      });
      lines.get(envoi).append(picker);
      return picker.click();
    });
  }

  // The deposit names what was declared, even while it travels.
  function name(envoi) {
    if (!form || lines.get(envoi).querySelector("[name=envois]")) return;
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = "envois";
    input.value = envoi.id;
    lines.get(envoi).append(input);
  }

  function stop(envoi) {
    envoi.stop();
  }

  function remove(envoi) {
    lines.get(envoi).remove();
    lines.delete(envoi);
    field.focus();
    progress();
  }

  function forget(envoi) {
    envoi.stop();
    if (envoi.href && envoi.state !== "refused") ask("DELETE", envoi.href).catch(() => {});
    status.textContent = `Envoi de ${envoi.name} annulé.`;
    remove(envoi);
  }

  // -- all of them ----------------------------------------------------------------------------------------------------

  function progress() {
    const sending = underWay();
    total.hidden = !sending.length;
    if (!sending.length) announced = 0;
    if (!sending.length) return;
    const size = sending.reduce((sum, envoi) => sum + envoi.size, 0);
    const loaded = sending.reduce((sum, envoi) => sum + envoi.loaded, 0);
    const percent = Math.floor((100 * loaded) / size);
    bar.max = size;
    bar.value = loaded;
    count.textContent = `${sending.length} fichier${sending.length > 1 ? "s" : ""} en route, ${percent}\u00a0%`;
    for (const envoi of sending) if (lines.get(envoi).dataset.state === "sending") draw(envoi, "sending", "");
    if (percent >= announced + TOLD_EVERY) {
      announced = percent;
      status.textContent = count.textContent;
    }
  }

  // The deposit may be made while its files travel: it opens beside, and this page goes on sending.
  function submitted(event) {
    const sending = underWay();
    if (sending.some((envoi) => !envoi.id)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      status.textContent = "Un fichier est encore en préparation\u00a0: réessayez dans un instant.";
      return;
    }
    form.target = sending.length ? "_blank" : "";
    if (!sending.length) return;
    const left = element(
      "p",
      "ps-uploads-left",
      "Votre dépôt s’est ouvert dans un autre onglet. Celui-ci envoie encore vos fichiers\u00a0: gardez-le ouvert jusqu’à la fin.",
    );
    left.setAttribute("role", "status");
    form.querySelector(".ps-form-actions").replaceChildren(left);
  }
}

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function button(label, envoi, act) {
  const made = element("button", "ps-button ps-button-quiet", label);
  made.type = "button";
  made.append(element("span", "ps-visually-hidden", ` ${envoi.name}`));
  made.addEventListener("click", () => act(envoi));
  return made;
}

function sizeOf(bytes) {
  const units = ["octets", "Ko", "Mo", "Go"];
  const power = bytes ? Math.min(3, Math.floor(Math.log2(bytes) / 10)) : 0;
  return `${(bytes / 1024 ** power).toLocaleString("fr-FR", { maximumFractionDigits: power > 1 ? 1 : 0 })}\u00a0${units[power]}`;
}
