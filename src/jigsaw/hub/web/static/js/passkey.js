// Asks the browser for a passkey, and sends the form with its answer. Without this file a code does the same.
//
// Markup: [data-passkey=create|get] around or on a form, with the question as JSON in #passkey-options, a hidden field
// named passkey, a button [data-passkey-go], and words [data-passkey-wrong] for when the browser says no.
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

export function passkey() {
  const part = document.querySelector("[data-passkey]");
  if (!part || !window.PublicKeyCredential) return;
  part.hidden = false;
  const form = part.closest("form"), wrong = part.querySelector("[data-passkey-wrong]");
  const options = decoded(JSON.parse(document.getElementById("passkey-options").textContent));
  part.querySelector("[data-passkey-go]").addEventListener("click", async (event) => {
    // Without a name the server says so, before there is a passkey on the device that this hub does not know.
    const name = part.querySelector("input[name=name]");
    if (name && !name.value.trim()) return;
    event.preventDefault();
    wrong.hidden = true;
    try {
      const made = await navigator.credentials[part.dataset.passkey]({ publicKey: options });
      form.querySelector("input[type=hidden][name=passkey]").value = JSON.stringify(encoded(made));
      form.submit();
    } catch {
      wrong.hidden = false;
    }
  });
}

function decoded(options) {
  const known = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));
  return {
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    ...(options.excludeCredentials && { excludeCredentials: known(options.excludeCredentials) }),
    ...(options.allowCredentials && { allowCredentials: known(options.allowCredentials) }),
  };
}

function encoded(made) {
  const given = made.response;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const answer = Object.fromEntries(parts.filter((name) => given[name]).map((name) => [name, text(given[name])]));
  return { id: made.id, rawId: text(made.rawId), type: made.type, response: answer, clientExtensionResults: {} };
}
