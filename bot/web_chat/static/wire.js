// Carries one visit's events to the server, one at a time and in their order.

const PATIENCE_MS = 20000;
const UNREADABLE = 400;
const TOO_MANY = 429;
const TOKEN_BYTES = 32;

/** A sentence for each way in which an answer can stay away, French first, then Bambara. */
const SENTENCES = {
  offline: ["Pas de réseau. Rien n'est perdu.", "Ɛntɛrinɛti tɛ yen."],
  trouble: ["Un problème est arrivé ici.", "Gɛlɛya dɔ bɛ yan."],
};

function newToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  const letters = btoa(String.fromCharCode(...bytes));
  return letters.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Something went wrong on the way. `again` says whether trying once more can help. */
export class WireError extends Error {
  constructor(sentences, again) {
    super("wire");
    this.sentences = sentences;
    this.again = again;
  }
}

/** One visit: a random token that lives in this object and nowhere else. */
export class Wire {
  #token = newToken();
  #number = 0;
  #open = null;

  /** Give an event its number: a repeated try is then answered as the first would have been. */
  numbered(event) {
    this.#number += 1;
    return { token: this.#token, number: this.#number, event };
  }

  /** Send what `numbered` made and return the answer, or throw a WireError. */
  async send(numbered) {
    const open = new AbortController();
    const patience = setTimeout(() => open.abort(), PATIENCE_MS);
    this.#open = open;
    let response;
    try {
      response = await post(numbered, { signal: open.signal });
      if (response.ok) return await response.json();
    } catch {
      throw new WireError(SENTENCES.offline, true);
    } finally {
      clearTimeout(patience);
    }
    if (response.status === UNREADABLE || response.status === TOO_MANY) {
      const { error } = await response.json().catch(() => ({}));
      throw new WireError([error ?? SENTENCES.trouble[0]], response.status === TOO_MANY);
    }
    throw new WireError(SENTENCES.trouble, true);
  }

  /** Forget the token, break off what is under way, and tell the server to forget too. */
  async leave() {
    const goodbye = this.numbered({ kind: "command", name: "stop" });
    this.#token = "";
    this.#open?.abort();
    const response = await post(goodbye, { keepalive: true });
    return response.json();
  }

  /** The same when the page itself goes away and nobody waits for an answer. */
  vanish() {
    if (!this.#token) return;
    const goodbye = this.numbered({ kind: "command", name: "stop" });
    this.#token = "";
    this.#open?.abort();
    navigator.sendBeacon("/api/event", new Blob([JSON.stringify(goodbye)], { type: "application/json" }));
  }
}

function post(body, options) {
  return fetch("/api/event", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    cache: "no-store",
    credentials: "omit",
    referrerPolicy: "no-referrer",
    ...options,
  });
}
