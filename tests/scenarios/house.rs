//! The direction of the dependencies is the security argument, so it is tested: the relay has no words for what it
//! stores, the primitives know nobody, and only two crates know a browser.

use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

type Names = BTreeSet<String>;

/// The workspace as cargo resolved it.
struct House {
    /// Members, by name: what each names in its manifest, tests and build scripts left out.
    named: BTreeMap<String, Names>,
    /// Every package and version in the lock file.
    versions: BTreeMap<String, Names>,
}

impl House {
    fn read() -> Result<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["metadata", "--format-version", "1", "--locked", "--manifest-path"])
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
            .output()?;
        let metadata: Value = serde_json::from_slice(&output.stdout)
            .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
        let members: Names = list(&metadata["workspace_members"]).filter_map(Value::as_str).map(String::from).collect();
        let mut house = Self { named: BTreeMap::new(), versions: BTreeMap::new() };
        for package in list(&metadata["packages"]) {
            house.versions.entry(text(&package["name"])).or_default().insert(text(&package["version"]));
            if members.contains(&text(&package["id"])) {
                let normal = list(&package["dependencies"]).filter(|dependency| dependency["kind"].is_null());
                house.named.insert(text(&package["name"]), normal.map(|named| text(&named["name"])).collect());
            }
        }
        Ok(house)
    }

    /// The members of the workspace that one of them reaches, itself left out.
    fn reached(&self, from: &str) -> Names {
        let mut reached = Names::new();
        let mut open = vec![from];
        while let Some(member) = open.pop() {
            for name in self.named.get(member).into_iter().flatten() {
                if self.named.contains_key(name) && reached.insert(name.clone()) {
                    open.push(name);
                }
            }
        }
        reached
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn names<const N: usize>(names: [&str; N]) -> Names {
    names.into_iter().map(String::from).collect()
}

#[test]
fn every_crate_reaches_only_what_lies_below_it() -> Result<()> {
    let house = House::read()?;
    let below = [
        ("zegel-crypto", names([])),
        ("zegel-ledger", names(["zegel-crypto"])),
        ("zegel-dossier", names(["zegel-ledger", "zegel-crypto"])),
        ("zegel-protocol", names(["zegel-ledger", "zegel-crypto"])),
        ("zegel-relay", names(["zegel-protocol", "zegel-ledger", "zegel-crypto"])),
        ("zegel-vault", names(["zegel-protocol", "zegel-dossier", "zegel-ledger", "zegel-crypto"])),
        ("xtask", names([])),
    ];
    for (member, allowed) in below {
        let reached = house.reached(member);
        assert!(reached.is_subset(&allowed), "{member} reaches {:?}", reached.difference(&allowed));
    }
    for member in ["zegel", "zegel-web"] {
        assert!(!house.reached(member).contains("zegel-relay"), "{member} reaches the relay");
    }
    Ok(())
}

#[test]
fn only_the_app_and_the_vault_know_a_browser() -> Result<()> {
    let browser = ["wasm-bindgen", "wasm-bindgen-futures", "js-sys", "web-sys", "yew", "yew-router", "gloo", "idb"];
    for (member, named) in House::read()?.named {
        let knows: Vec<_> = named.iter().filter(|name| browser.contains(&name.as_str())).collect();
        let may = ["zegel-web", "zegel-vault"].contains(&member.as_str());
        assert!(may || knows.is_empty(), "{member} names {knows:?}");
    }
    Ok(())
}

#[test]
fn the_primitives_and_the_domain_do_no_io() -> Result<()> {
    let house = House::read()?;
    let io = ["tokio", "axum", "rusqlite", "object_store", "ureq", "reqwest", "tempfile", "thirtyfour"];
    for member in ["zegel-crypto", "zegel-ledger", "zegel-dossier", "zegel-protocol"] {
        let knows: Vec<_> = house.named[member].iter().filter(|name| io.contains(&name.as_str())).collect();
        assert!(knows.is_empty(), "{member} names {knows:?}");
    }
    Ok(())
}

#[test]
fn there_is_one_generation_of_each_primitive() -> Result<()> {
    // Two generations of one primitive means two to audit, and code that mixes them.
    let primitives = [
        "aead",
        "aes",
        "aes-gcm",
        "argon2",
        "blake2",
        "crypto-common",
        "curve25519-dalek",
        "digest",
        "ed25519",
        "ed25519-dalek",
        "ghash",
        "hkdf",
        "hmac",
        "hpke",
        "kem",
        "ml-kem",
        "polyval",
        "rand_core",
        "sha2",
        "sha3",
        "signature",
        "subtle",
        "x-wing",
        "x25519-dalek",
        "zeroize",
    ];
    let versions = House::read()?.versions;
    for name in primitives {
        let found = versions.get(name).map_or(0, Names::len);
        assert!(found <= 1, "{name} is there in {found} versions: {:?}", versions[name]);
    }
    Ok(())
}
