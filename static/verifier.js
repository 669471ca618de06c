// Computes the SHA-256 of a file without sending it, and asks the portal about that fingerprint.
// Without this file, or without a secure connection, the fingerprint is typed.
"use strict";

for (const form of document.querySelectorAll("form[data-verifier]")) {
  if (window.crypto?.subtle) verifyIn(form);
}

function verifyIn(form) {
  const zone = form.querySelector("[data-choose]");
  const field = zone.querySelector("input[type=file]");
  const status = zone.querySelector("[data-said]");
  zone.hidden = false;

  field.addEventListener("change", () => verify(field.files[0]));

  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault(); // A file dropped beside the zone must not take the place of the page.
      zone.toggleAttribute("data-over", name === "dragover");
      if (name === "drop") verify(event.dataTransfer.files[0]);
    });
  }

  async function verify(file) {
    if (!file) return;
    status.textContent = `Calcul de l’empreinte de « ${file.name} »…`;
    try {
      const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      form.elements.empreinte.value = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
    } catch {
      status.textContent = "Ce fichier n’a pas pu être lu : choisissez-le de nouveau, ou collez son empreinte.";
      return;
    }
    form.requestSubmit();
  }
}
