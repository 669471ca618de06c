// Sends each file as soon as it is chosen, with its progress, while the rest of the form is being filled.
// Without this file, the form sends them itself.
"use strict";

for (const form of document.querySelectorAll("form[data-depot]")) {
  const field = form.querySelector("input[type=file][data-nature]");
  if (field) sendFilesOf(form, field);
}

function sendFilesOf(form, field) {
  const list = document.createElement("ul");
  const status = document.createElement("p");
  const underWay = new Set();
  list.className = "ps-uploads";
  status.className = "ps-visually-hidden";
  status.setAttribute("role", "status");
  field.after(list, status);

  field.addEventListener("change", () => {
    for (const file of field.files) add(file);
    field.value = ""; // What is sent here must not be sent again with the form.
  });

  // A file that is still leaving holds the form back.
  form.addEventListener("submit", (event) => {
    if (!underWay.size) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    status.textContent = "Un fichier est encore en cours d’envoi.";
    list.querySelector("progress")?.scrollIntoView({ block: "center" });
  }, true);

  window.addEventListener("beforeunload", (event) => {
    if (underWay.size) event.preventDefault();
  });

  function add(file) {
    const line = element("li", "ps-upload");
    const name = element("span", "ps-upload-name", `${file.name} (${sizeOf(file.size)})`);
    const said = element("span", "ps-upload-said");
    const buttons = element("span", "ps-upload-buttons");
    line.append(name, said, buttons);
    list.append(line);
    look();

    // What would be refused does not travel. Meanwhile the form waits: it no longer holds the file itself.
    async function look() {
      underWay.add(line);
      const sentence = await window.portailFichiers.refusalOf(field, file);
      underWay.delete(line);
      if (sentence) refuse(sentence);
      else send();
    }

    function send() {
      const bar = document.createElement("progress");
      const request = new XMLHttpRequest();
      const data = new FormData();
      bar.max = file.size;
      bar.setAttribute("aria-label", `Envoi de ${file.name}`);
      line.dataset.state = "sending";
      said.replaceChildren(bar, element("span", "ps-small", "Envoi…"));
      buttons.replaceChildren(button("Annuler", file.name, () => request.abort()));
      underWay.add(request);

      data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      data.append("nature", field.dataset.nature);
      data.append("fichier", file);
      request.upload.addEventListener("progress", (event) => {
        bar.value = event.loaded;
        const percent = Math.floor((100 * event.loaded) / event.total);
        said.lastChild.textContent = percent < 100 ? `${percent}\u00a0%` : "Vérification…";
      });
      request.addEventListener("load", () => answered(request));
      request.addEventListener("error", () => fail("La connexion a été coupée\u00a0: rien n’a été gardé de ce fichier."));
      request.addEventListener("abort", () => {
        status.textContent = `Envoi de ${file.name} annulé.`;
        line.remove();
        field.focus();
      });
      request.addEventListener("loadend", () => underWay.delete(request));
      request.open("POST", form.dataset.depot);
      request.setRequestHeader("Accept", "application/json");
      request.send(data);
    }

    function answered(request) {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // A page instead of an answer: the session is over, or the server is in trouble.
      }
      if (request.status === 200 && answer.piece) return keep(answer);
      if (answer.erreur) return refuse(answer.erreur);
      if (request.status === 401 || request.status === 403) {
        return fail("Votre session est terminée\u00a0: connectez-vous dans un autre onglet, puis réessayez.");
      }
      return fail("Le portail n’a pas pu recevoir ce fichier.");
    }

    function keep(answer) {
      const piece = document.createElement("input");
      piece.type = "hidden";
      piece.name = "pieces";
      piece.value = answer.piece;
      line.dataset.state = "kept";
      name.textContent = `${answer.nom} (${sizeOf(answer.taille)})`;
      said.replaceChildren(element("span", "ps-small", "Prêt à être déposé"), piece);
      buttons.replaceChildren(button("Retirer", answer.nom, remove));
      status.textContent = `${answer.nom} est arrivé.`;
    }

    function refuse(sentence) {
      line.dataset.state = "refused";
      said.replaceChildren(element("span", "", sentence));
      buttons.replaceChildren(button("Retirer", file.name, remove));
      status.textContent = `${file.name}\u00a0: ${sentence}`;
    }

    function fail(sentence) {
      refuse(sentence);
      buttons.prepend(button("Réessayer", file.name, send));
    }

    function remove() {
      line.remove();
      field.focus();
    }
  }
}

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function button(label, about, act) {
  const made = element("button", "ps-button ps-button-quiet", label);
  made.type = "button";
  made.append(element("span", "ps-visually-hidden", ` ${about}`));
  made.addEventListener("click", act);
  return made;
}

function sizeOf(bytes) {
  const units = ["octets", "Ko", "Mo", "Go"];
  const power = bytes ? Math.min(3, Math.floor(Math.log2(bytes) / 10)) : 0;
  return `${(bytes / 1024 ** power).toLocaleString("fr-FR", { maximumFractionDigits: power > 1 ? 1 : 0 })}\u00a0${units[power]}`;
}
