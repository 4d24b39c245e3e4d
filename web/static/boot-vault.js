// Starts the vault in its worker, from the program that the page hands over: the page asked for it, compared it with
// its hash and compiled it.
import init from "/assets/vault.js";

addEventListener("message", ({ data }) => init({ module_or_path: data }).catch(reportError), { once: true });
