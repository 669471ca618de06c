// Sends a file part by part. What was declared of it binds: its name, its size, the sha256 of each part. A part that is
// cut is sent again, by itself then when somebody asks; a part that has arrived never is.
"use strict";

const WAITS = [1, 2, 4, 8, 15, 30]; // Seconds before each new try of a part; then a button.
const AT_ONCE = 3;
const HEAD = 8192;
const NOT_THE_ONE = "Ce fichier n’est pas celui qui a été annoncé";

// Every request of the page goes through here: three at once, whatever the number of files.
const lanes = { free: AT_ONCE, waiting: [] };

async function inALane(act) {
  if (lanes.free) lanes.free -= 1;
  else await new Promise((go) => lanes.waiting.push(go));
  try {
    return await act();
  } finally {
    const next = lanes.waiting.shift();
    if (next) next();
    else lanes.free += 1;
  }
}

class Refused extends Error {}

class Cut extends Error {}

class Gone extends Error {}

// Asks the portal something; answers with what it says. `Refused` says why in words; `Cut` may be tried again.
function ask(method, href, { body = null, type = "", headers = null, onProgress = null, signal = null } = {}) {
  return new Promise((answer, fail) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.open(method, href);
    request.timeout = 120000;
    // A bucket is given the headers that go with the address of a part, and nothing that is the portal's.
    for (const [name, value] of Object.entries(headers ?? ours())) request.setRequestHeader(name, value);
    if (type) request.setRequestHeader("Content-Type", type);
    if (onProgress) request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
    signal?.addEventListener("abort", stop);
    request.addEventListener("loadend", () => signal?.removeEventListener("abort", stop));
    request.addEventListener("load", () => {
      const reply = readable(request.responseText);
      if (request.status === 204 || (headers && request.status === 200)) return answer({});
      if (headers) return fail(new Cut("Le serveur de fichiers n’a pas pris cette partie."));
      if (request.status === 200 && (reply.etat || reply.adresse)) return answer(reply);
      if (request.status === 503) return fail(new Cut(reply.erreur ?? "Le portail n’a pas répondu."));
      if (reply.erreur) return fail(new Refused(reply.erreur));
      if (request.status === 200 || request.status === 401 || request.status === 403) {
        return fail(new Gone("Votre session est terminée\u00a0: connectez-vous dans un autre onglet, puis reprenez l’envoi."));
      }
      if (request.status === 404) return fail(new Refused("Cet envoi n’existe plus\u00a0: choisissez de nouveau le fichier."));
      return fail(new Cut("Le portail n’a pas répondu."));
    });
    request.addEventListener("error", () => fail(new Cut("La connexion a été coupée.")));
    request.addEventListener("timeout", () => fail(new Cut("La connexion est trop lente.")));
    request.addEventListener("abort", () => fail(new Cut("L’envoi est arrêté.")));
    request.send(body);
  });
}

function ours() {
  return {
    Accept: "application/json",
    "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value,
  };
}

function readable(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {}; // A page instead of an answer: the session is over, or the server is in trouble.
  }
}

async function sha256Of(bytes) {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function seconds(count, signal) {
  return new Promise((go) => {
    const over = () => {
      clearTimeout(timer);
      window.removeEventListener("online", over);
      signal.removeEventListener("abort", over);
      go();
    };
    const timer = setTimeout(over, 1000 * count);
    window.addEventListener("online", over); // The network is back: no reason to wait.
    signal.addEventListener("abort", over);
  });
}

// One file on its way. `tell(state, sentence)` follows it: preparing, sending, cut, arrived, kept, refused; `moved()`
// says that `loaded` has changed.
class Envoi {
  constructor({ file = null, name, size, href = "", tell, moved }) {
    Object.assign(this, { file, name, size, href, tell, moved, id: "", loaded: 0, state: "" });
    this.stopping = new AbortController();
  }

  // Declares a new file, then sends it.
  start({ doors, nature, partSize }) {
    return this.#watch(async () => {
      this.#say("preparing", "Préparation…");
      const parts = await this.#hashed(partSize);
      const head = new Uint8Array(await this.file.slice(0, HEAD).arrayBuffer());
      const reply = await this.#patiently(() => ask("POST", doors, {
        body: JSON.stringify({
          nature,
          nom: this.file.name,
          taille: this.file.size,
          partie: partSize,
          empreintes: parts,
          debut: btoa(String.fromCharCode(...head)),
        }),
        type: "application/json",
        signal: this.stopping.signal,
      }));
      this.href = `${doors}${reply.envoi}/`;
      await this.#send(reply, partSize);
    });
  }

  // Takes up a file that was declared before: `file` was chosen again, and must be the same.
  resume(file) {
    this.stopping = new AbortController();
    return this.#watch(async () => {
      const reply = await this.#patiently(() => ask("POST", this.href, { signal: this.stopping.signal }));
      if (reply.etat !== "travelling") return this.#settled(reply);
      if (file && file !== this.file) await this.#recognise(file, reply);
      return this.#send(reply, reply.partie);
    });
  }

  // Follows a file that has arrived until it is verified.
  follow() {
    return this.#watch(() => this.#settled({ etat: "arrived" }));
  }

  stop() {
    this.stopping.abort();
  }

  async #watch(act) {
    try {
      await act();
    } catch (problem) {
      if (problem instanceof Refused) this.#say("refused", problem.message);
      else if (problem instanceof Gone) this.#say("cut", problem.message);
      else if (problem instanceof Cut) this.#say("cut", `${problem.message} Ce qui est arrivé est gardé.`);
      else this.#say("refused", "Ce fichier ne se lit plus sur votre poste\u00a0: choisissez-le de nouveau.");
    }
  }

  #say(state, sentence) {
    this.state = state;
    this.tell(state, sentence);
  }

  async #hashed(partSize) {
    const parts = [];
    for (let start = 0; start < this.file.size; start += partSize) {
      if (this.stopping.signal.aborted) throw new Cut("L’envoi est arrêté.");
      parts.push(await sha256Of(await this.file.slice(start, start + partSize).arrayBuffer()));
      this.tell("preparing", `Préparation… ${Math.floor((100 * start) / this.file.size)}\u00a0%`);
    }
    return parts;
  }

  async #recognise(file, reply) {
    if (file.size !== reply.taille) throw new Refused(`${NOT_THE_ONE}\u00a0: il n’a pas la même taille.`);
    this.file = file;
    this.#say("preparing", "Comparaison…");
    const parts = await this.#hashed(reply.partie);
    const wrong = parts.findIndex((part, index) => part !== reply.empreintes[index]);
    if (wrong < 0) return;
    this.file = null;
    throw new Refused(
      `${NOT_THE_ONE}\u00a0: la partie ${wrong + 1} sur ${parts.length} est différente. ` +
      "Choisissez celui d’origine, ou déposez celui-ci comme un nouveau fichier.",
    );
  }

  // Tries again by itself what was cut, each time a little later.
  async #patiently(act) {
    for (const wait of WAITS) {
      try {
        return await inALane(act);
      } catch (problem) {
        if (!(problem instanceof Cut) || this.stopping.signal.aborted) throw problem;
        this.tell("waiting", `${problem.message} Nouvel essai dans ${wait}\u00a0s…`);
        await seconds(wait, this.stopping.signal);
        if (this.stopping.signal.aborted) throw problem;
      }
    }
    return inALane(act);
  }

  async #send(reply, partSize) {
    this.id = reply.envoi;
    this.name = reply.nom;
    if (reply.etat !== "travelling") return this.#settled(reply);
    const here = new Set(reply.manquantes);
    const lengthOf = (number) => Math.min(partSize, this.size - (number - 1) * partSize);
    const parts = Math.ceil(this.size / partSize);
    const under = new Map();
    let done = 0;
    for (let number = 1; number <= parts; number += 1) if (!here.has(number)) done += lengthOf(number);
    const count = () => {
      this.loaded = done + [...under.values()].reduce((sum, bytes) => sum + bytes, 0);
      this.moved();
    };
    count();
    this.#say("sending", "");

    const numbers = [...reply.manquantes];
    let together = 1; // How many parts the next request brings, from how the one before went.
    const some = () => {
      const first = numbers[0];
      let long = 0;
      while (long < together && long < numbers.length && numbers[long] === first + long) long += 1;
      return numbers.splice(0, long);
    };
    const put = async (run) => {
      const bytes = this.file.slice((run[0] - 1) * partSize, run.at(-1) * partSize);
      const { href, headers } = await this.#door(reply, run[0]);
      const began = performance.now();
      await ask("PUT", href, {
        headers,
        body: bytes,
        type: "application/octet-stream",
        onProgress: (loaded) => {
          under.set(run[0], Math.min(loaded, bytes.size));
          if (this.state === "sending") this.tell("sending", "");
          count();
        },
        signal: this.stopping.signal,
      });
      const parts = (1000 * reply.secondes * run.length) / (performance.now() - began);
      if (!reply.ailleurs) together = Math.max(1, Math.floor(parts));
    };
    // What of several parts has not come is sent again, the first of them alone; a single one, patiently.
    const left = async (run, problem) => {
      if (run.length === 1 || !(problem instanceof Cut) || this.stopping.signal.aborted) throw problem;
      together = 1;
      const { manquantes } = await this.#patiently(() => ask("GET", this.href, { signal: this.stopping.signal }));
      return run.filter((number) => manquantes.includes(number));
    };
    const sendRun = async (most) => {
      for (let sent = 0; numbers.length && sent < most; sent += 1) {
        const run = some();
        let back = [];
        try {
          await (run.length > 1 ? inALane(() => put(run)) : this.#patiently(() => put(run))).catch(async (problem) => {
            back = await left(run, problem);
          });
        } catch (problem) {
          numbers.length = 0; // The other lanes finish what they send, and begin nothing else.
          throw problem;
        } finally {
          under.delete(run[0]);
        }
        numbers.unshift(...back);
        for (const number of run) if (!back.includes(number)) done += lengthOf(number);
        count();
      }
    };
    // The first part tells how fast the line is: when it carries the rest in one request, the portal reads it only once.
    const lanes = async () => {
      await sendRun(1);
      const wanted = together < numbers.length ? AT_ONCE : 1;
      return Promise.allSettled(Array.from({ length: wanted }, () => sendRun(Infinity)));
    };
    const sent = await lanes();
    const failed = sent.filter((each) => each.status === "rejected").map((each) => each.reason);
    if (failed.length) throw failed.find((reason) => !(reason instanceof Cut)) ?? failed[0];
    if (!reply.ailleurs) return this.#settled({ etat: "arrived" });
    return this.#settled(await this.#patiently(() => ask("POST", this.href, { signal: this.stopping.signal })));
  }

  // Where a part goes: here, or at an address that the bucket takes for that part alone.
  async #door(reply, number) {
    const href = `${this.href}parties/${number}/`;
    if (!reply.ailleurs) return { href, headers: null };
    const door = await ask("POST", href, { signal: this.stopping.signal });
    return { href: door.adresse, headers: door.entetes };
  }

  async #settled(reply) {
    this.loaded = this.size;
    this.moved();
    let state = reply;
    for (let wait = 0.3; state.etat === "arrived" || state.etat === "travelling"; wait = Math.min(5, wait * 1.6)) {
      if (state.etat === "arrived") this.#say("arrived", "Reçu, en cours de vérification…");
      await seconds(wait, this.stopping.signal);
      if (this.stopping.signal.aborted) return;
      state = await this.#patiently(() => ask("GET", this.href, { signal: this.stopping.signal }));
      if (state.etat === "travelling") throw new Cut("Il en manque une partie.");
    }
    this.id = state.envoi;
    this.#say(state.etat === "kept" ? "kept" : "refused", state.etat === "kept" ? "Prêt à être déposé" : state.phrase);
  }
}
