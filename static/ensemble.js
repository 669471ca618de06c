// Many files at once: what each would be deposited for is shown before anything travels; then each travels as a single
// one does, and each preuve is deposited once all its files are verified. Without this file, the form sends them itself.
"use strict";

const HASHED_UP_TO = 64 * 1024 * 1024; // A larger file is compared once it travels, by its parts.
const FILES_AT_ONCE = 3;

const ensemble = document.getElementById("ensemble");
if (ensemble && window.crypto?.subtle) new Ensemble(ensemble);

function Ensemble(form) {
  const field = form.querySelector("input[type=file]");
  const place = document.getElementById("apercu");
  const status = made("p", "ps-small");
  let chosen = []; // { file, path, sha256 }
  let underWay = false;
  status.setAttribute("role", "status");
  form.querySelector("[data-plain]").replaceChildren(folderPicker(), status);

  field.addEventListener("change", () => take([...field.files].map((file) => ({ file, path: file.name }))));
  const drop = form.querySelector("[data-drop]");
  drop.addEventListener("dragover", (event) => event.preventDefault());
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    take(await dropped(event.dataTransfer));
  });
  window.addEventListener("beforeunload", (event) => {
    if (underWay) event.preventDefault();
  });

  function folderPicker() {
    const picker = document.createElement("input");
    const opens = made("button", "ps-button ps-button-secondary", "Choisir un dossier entier");
    picker.type = "file";
    picker.webkitdirectory = true;
    picker.hidden = true;
    picker.setAttribute("aria-label", "Dossier");
    picker.addEventListener("change", () =>
      take([...picker.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }))));
    opens.type = "button";
    opens.addEventListener("click", () => picker.click());
    const both = document.createElement("div");
    both.append(opens, picker);
    return both;
  }

  // -- before anything travels ------------------------------------------------------------------------------------------

  async function take(files) {
    if (underWay || !files.length) return;
    if (files.length > Number(form.dataset.most)) {
      status.textContent = `${files.length} fichiers\u00a0: choisissez-en ${form.dataset.most} au plus à la fois.`;
      return;
    }
    chosen = files;
    for (const [rank, picked] of chosen.entries()) {
      status.textContent = `Lecture des fichiers sur votre poste\u00a0: ${rank + 1} sur ${chosen.length}`;
      picked.sha256 = picked.file.size <= HASHED_UP_TO ? await readHash(picked.file) : "";
    }
    status.textContent = "";
    const fichiers = chosen.map(({ file, path, sha256 }) => ({ nom: path, taille: file.size, sha256 }));
    try {
      place.innerHTML = await post(form.dataset.apercu, JSON.stringify({ fichiers }), "application/json");
    } catch (problem) {
      status.textContent = problem.message;
      return;
    }
    place.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (!underWay) depositAll();
    });
    const button = place.querySelector("button[type=submit]");
    if (button) button.disabled = true; // until what is in each file was looked at
    await refuseByContent();
    if (button) button.disabled = false;
    place.focus();
  }

  async function readHash(file) {
    try {
      return await sha256Of(await file.arrayBuffer());
    } catch {
      return ""; // It was moved, or cannot be read: sending it says so.
    }
  }

  // The first bytes of a file tell more than its name.
  async function refuseByContent() {
    for (const row of rows("ready")) {
      const sentence = await window.portailFichiers.refusalOf(row, chosen[row.dataset.rang].file);
      if (sentence) tell(row, "refused", "Refusé", sentence);
    }
    const ready = new Set(rows("ready").map((row) => row.dataset.numero));
    for (const row of rows("refused")) ready.delete(row.dataset.numero);
    const button = place.querySelector("button[type=submit] span");
    if (button) button.textContent = ready.size === 1 ? "Déposer cette preuve" : `Déposer ces ${ready.size} preuves`;
    for (const count of place.querySelectorAll("[data-compte]")) {
      count.textContent = String(rows(count.dataset.compte).length);
    }
    if (ready.size && !place.querySelector("[data-compte=refused]") && rows("refused").length) {
      place.querySelector("[data-comptes]").append(` · Refusé\u00a0: ${rows("refused").length}`);
    }
  }

  const rows = (sort) => [...place.querySelectorAll(`tr[data-sort="${sort}"]`)];

  // -- then, one preuve after the other -----------------------------------------------------------------------------------

  async function depositAll() {
    const missing = ["evidence_date", "version_technique"].map((name) => form.elements[name]).find((field) => !field.value);
    if (missing) {
      bilan("Indiquez d’abord la date des preuves et la version technique.");
      missing.focus();
      return;
    }
    const byNumero = new Map();
    const refused = new Set(rows("refused").map((row) => row.dataset.numero));
    for (const row of [...rows("ready"), ...rows("cut")]) {
      if (refused.has(row.dataset.numero)) {
        tell(row, "held", "Non déposé", "Un autre fichier de cette preuve est refusé\u00a0: rien n’est déposé pour elle.");
      } else {
        byNumero.set(row.dataset.numero, [...(byNumero.get(row.dataset.numero) ?? []), row]);
      }
    }
    const button = place.querySelector("button[type=submit]");
    const waiting = [...byNumero];
    const counted = { deposited: 0, of: waiting.length };
    underWay = true;
    button.disabled = true;
    const lane = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        if (await depositOne(next[0], next[1])) counted.deposited += 1;
        bilan(`${counted.deposited} preuve${counted.deposited > 1 ? "s" : ""} déposée${counted.deposited > 1 ? "s" : ""} sur ${counted.of}.`);
      }
    };
    await Promise.all(Array.from({ length: FILES_AT_ONCE }, lane));
    underWay = false;
    button.disabled = false;
    const left = rows("cut").length;
    button.querySelector("span").textContent = left ? "Reprendre ce qui a été coupé" : "Terminé";
    button.hidden = !left;
    place.querySelector("[data-bilan]").focus();
  }

  async function depositOne(numero, held) {
    const envois = await Promise.all(held.map((row) => send(row)));
    if (envois.some((envoi) => envoi.state !== "kept")) {
      for (const [at, row] of held.entries()) {
        if (envois[at].state === "kept") {
          const cut = envois.some((envoi) => envoi.state === "cut");
          tell(row, cut ? "cut" : "held", "Non déposé", cut
            ? "Reçu. Un autre fichier de cette preuve a été coupé\u00a0: reprenez l’envoi."
            : "Reçu. Un autre fichier de cette preuve est refusé\u00a0: rien n’est déposé pour elle.");
        }
      }
      return false;
    }
    const asked = new URLSearchParams({ numero, [`seen:${numero}`]: held[0].dataset.seen });
    for (const envoi of envois) asked.append(`envois:${numero}`, envoi.id);
    for (const name of ["evidence_date", "version_technique"]) asked.set(name, form.elements[name].value);
    try {
      const reply = JSON.parse(await post(form.dataset.depot, asked.toString(), "application/x-www-form-urlencoded"));
      const { depose, phrase } = reply.resultats[0];
      for (const row of held) tell(row, depose ? "done" : "refused", depose ? "Déposée" : "Refusé", phrase);
      return depose;
    } catch (problem) {
      for (const row of held) tell(row, "cut", "Coupé", problem.message);
      return false;
    }
  }

  function send(row) {
    const { file } = chosen[row.dataset.rang];
    return new Promise((done) => {
      const envoi = new Envoi({
        file,
        name: file.name,
        size: file.size,
        tell: (state, sentence) => {
          if (["kept", "refused", "cut"].includes(state)) {
            if (state !== "kept") tell(row, state, state === "cut" ? "Coupé" : "Refusé", sentence);
            else tell(row, "sent", "Reçu", "");
            done(envoi);
          } else if (sentence) {
            tell(row, row.dataset.sort, "En cours", sentence);
          }
        },
        moved: () => progress(row, envoi),
      });
      envoi.start({ doors: form.dataset.envois, nature: row.dataset.nature, partSize: Number(form.dataset.part) });
    });
  }

  function progress(row, envoi) {
    const cell = row.querySelector("[data-resultat]");
    let bar = cell.querySelector("progress");
    if (!bar) {
      bar = document.createElement("progress");
      bar.setAttribute("aria-label", `Envoi de ${envoi.name}`);
      cell.append(bar);
    }
    bar.max = envoi.size;
    bar.value = envoi.loaded;
  }

  const STATES = { refused: "danger", held: "attention", cut: "attention", done: "success", sent: "info" };

  function tell(row, sort, label, sentence) {
    const badge = made("span", "ps-badge", label);
    row.dataset.sort = sort;
    badge.dataset.state = STATES[sort] ?? "info";
    row.querySelector("[data-resultat]").replaceChildren(badge, made("p", "ps-small", sentence));
  }

  function bilan(sentence) {
    const line = place.querySelector("[data-bilan]");
    line.tabIndex = -1;
    line.textContent = sentence;
  }

  async function post(href, body, type) {
    let answer;
    try {
      answer = await fetch(href, {
        method: "POST",
        body,
        credentials: "same-origin",
        headers: {
          "Content-Type": type,
          Accept: type === "application/json" ? "text/html" : "application/json",
          "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value,
        },
      });
    } catch {
      throw new Error("La connexion a été coupée\u00a0: reprenez quand elle est revenue.");
    }
    const text = await answer.text();
    if (answer.status === 422) throw new Error(text);
    if (!answer.ok || answer.redirected) throw new Error("Le portail n’a pas répondu\u00a0: rechargez la page, puis recommencez.");
    return text;
  }
}

// Every file of what was dropped, folders opened.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const gathered = [];
  while (entries.length) {
    const entry = entries.shift();
    if (entry.isFile) {
      const file = await new Promise((got, failed) => entry.file(got, failed));
      gathered.push({ file, path: entry.fullPath.replace(/^\//, "") });
      continue;
    }
    const reader = entry.createReader();
    for (let some = await read(reader); some.length; some = await read(reader)) entries.push(...some);
  }
  return gathered;
}

function read(reader) {
  return new Promise((got, failed) => reader.readEntries(got, failed));
}

function made(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}
