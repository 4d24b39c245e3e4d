//! Setting up: whoever can read the relay's folder may found the organisation, once.

use std::{fs, io, path::Path};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq as _;

use crate::{auth, failure::Failure};

const FILE: &str = "setup-token";

/// Writes a one-time token, unless one lies there already.
pub(crate) fn offer(folder: &Path) -> Result<(), Failure> {
    let path = folder.join(FILE);
    if fs::read(&path).is_ok_and(|token| !token.is_empty()) {
        return Ok(());
    }
    let token = URL_SAFE_NO_PAD.encode(auth::random::<24>()?);
    Ok(auth::write_secret(&path, format!("{token}\n").as_bytes())?)
}

/// Whether this is the token.
pub(crate) fn accepts(folder: &Path, token: &str) -> bool {
    let Ok(kept) = fs::read_to_string(folder.join(FILE)) else { return false };
    !kept.trim().is_empty() && bool::from(kept.trim().as_bytes().ct_eq(token.trim().as_bytes()))
}

/// Takes the token away: the organisation is there.
pub(crate) fn close(folder: &Path) -> Result<(), Failure> {
    match fs::remove_file(folder.join(FILE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
