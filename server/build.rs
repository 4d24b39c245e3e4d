//! Lays the built app beside the relay's code, so that one binary is all there is to install. `cargo xtask web` builds
//! the app; a relay compiled without it says so on its pages.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("not run by cargo")?);
    let dist = env::var_os("ZEGEL_WEB_DIST").map_or_else(|| manifest.join("../target/web/dist"), PathBuf::from);
    // Cargo compiles again each time while a watched folder is missing, so an app not built yet is an empty folder.
    fs::create_dir_all(&dist)?;
    let dist = dist.canonicalize()?;
    println!("cargo::rerun-if-env-changed=ZEGEL_WEB_DIST");
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed=build.rs");

    let mut table = String::from("&[\n");
    for path in files(&dist)? {
        let name = path.strip_prefix(&dist)?.to_str().ok_or("a file name is not UTF-8")?.replace('\\', "/");
        if name.ends_with(".br") || name.ends_with(".gz") {
            continue;
        }
        writeln!(
            table,
            "File {{ path: {name:?}, content_type: {:?}, plain: {}, brotli: {}, gzip: {} }},",
            content_type(&name),
            include(&path),
            packed(&path, "br"),
            packed(&path, "gz"),
        )?;
    }
    table.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("not run by cargo")?);
    fs::write(out.join("app_files.rs"), table)?;
    Ok(())
}

/// All files below a folder, sorted.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path.canonicalize()?);
        }
    }
    found.sort();
    Ok(found)
}

fn include(path: &Path) -> String {
    format!("include_bytes!({path:?})")
}

fn packed(path: &Path, extension: &str) -> String {
    let path = PathBuf::from(format!("{}.{extension}", path.display()));
    if path.exists() { format!("Some({})", include(&path)) } else { "None".into() }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        Some("webmanifest") => "application/manifest+json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
