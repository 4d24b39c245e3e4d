// Starts the app: once in the page and once in the worker that holds the vault. It is a file of its own because the
// content security policy allows no inline script, and it is the only place where a script URL is ever trusted.
import init from "/assets/app.js";

const page = typeof document !== "undefined";
const able = typeof WebAssembly === "object" && globalThis.crypto?.subtle !== undefined;

if (page && able) {
  // One Trusted Types policy for exactly one URL: this file, which the worker starts from too.
  const own = import.meta.url;
  const refuseOthers = (url) => {
    if (new URL(url, location.href).href !== own) throw new TypeError("not the script of the vault");
    return url;
  };
  globalThis.__workerUrl = globalThis.trustedTypes
    ? trustedTypes.createPolicy("vault", { createScriptURL: refuseOthers }).createScriptURL(own)
    : own;
}

if (able) {
  await init({ module_or_path: fetch("/assets/app.wasm", { integrity: "{{integrity app.wasm}}" }) });
} else if (page) {
  document.getElementById("loading").hidden = true;
  document.getElementById("unsupported").hidden = false;
}
