// Starts the app: the page first, then the vault in a worker of its own. It is a file of its own because the content
// security policy allows no inline script, and it is the only place where a script URL is ever trusted.
import init from "/assets/page.js";

const able = typeof WebAssembly === "object" && globalThis.crypto?.subtle !== undefined;

// Asked for when the page starts, which is when it has come, so that the two do not share a slow line; compiled once,
// for every worker that follows. What failed is asked for again.
let vault;
const program = () =>
  (vault ??= WebAssembly.compileStreaming(
    fetch("/assets/vault.wasm", { integrity: "{{integrity vault.wasm}}", priority: "low" }),
  ).catch((error) => {
    vault = undefined;
    throw error;
  }));

if (able) {
  // One Trusted Types policy for exactly one URL: the script that a worker starts from.
  const own = new URL("/assets/boot-vault.js", location.href).href;
  const refuseOthers = (url) => {
    if (url !== own) throw new TypeError("not the script of the vault");
    return url;
  };
  const trusted = globalThis.trustedTypes
    ? trustedTypes.createPolicy("vault", { createScriptURL: refuseOthers }).createScriptURL(own)
    : own;
  // Gives a worker that the program will reach; calls `missing` if it does not.
  globalThis.startVault = (missing) => {
    const worker = new Worker(trusted, { type: "module" });
    program().then((module) => worker.postMessage(module), () => missing());
    return worker;
  };
  await init({ module_or_path: fetch("/assets/page.wasm", { integrity: "{{integrity page.wasm}}" }) });
} else {
  document.getElementById("loading").hidden = true;
  document.getElementById("unsupported").hidden = false;
}
