// Starts the app: the door first, then the vault in a worker of its own, then what draws an open vault. It is a file of its own
// because the content security policy allows no inline script, and it is the only place where a script URL is ever trusted.
import init from "/assets/door.js";

const able = typeof WebAssembly === "object" && globalThis.crypto?.subtle !== undefined;

// Asked for once, for all who wait for it; what failed is asked for again.
const once = (ask) => {
  let asked;
  return () =>
    (asked ??= ask().catch((error) => {
      asked = undefined;
      throw error;
    }));
};

// Programs come one after the other, so that they do not share a slow line. The vault is compiled once, for every worker.
const vault = once(() =>
  WebAssembly.compileStreaming(
    fetch("/assets/vault.wasm", { integrity: "{{integrity vault.wasm}}", priority: "low" }),
  ));

let tries = 0;
const work = once(async () => {
  const module_or_path = await WebAssembly.compileStreaming(
    fetch("/assets/work.wasm", { integrity: "{{integrity work.wasm}}", priority: "low" }),
  );
  // A script that did not come once never comes under the same address.
  const again = tries++ ? "?" + tries : "";
  const { default: start } = await import("/assets/work.js" + again);
  await start({ module_or_path });
  return globalThis.openVault;
});

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
  // The worker that runs, so that either program can end it, and with it every key.
  let running;
  globalThis.endVault = () => running?.terminate();
  // Gives a worker that the program will reach; calls `missing` if it does not.
  globalThis.startVault = (missing) => {
    globalThis.endVault();
    const worker = new Worker(trusted, { type: "module" });
    vault().then((module) => worker.postMessage(module), () => missing());
    return (running = worker);
  };
  // Gives the way into the program of an open vault.
  globalThis.fetchWork = () => vault().then(work, work);
  await init({ module_or_path: fetch("/assets/door.wasm", { integrity: "{{integrity door.wasm}}" }) });
} else {
  document.getElementById("loading").hidden = true;
  document.getElementById("unsupported").hidden = false;
}
