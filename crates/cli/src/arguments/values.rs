//! What stands in one argument.

use zegel_vault::{Compared, PartyKind, Role};

/// An id, whatever [`super::Arguments::typed`] put before it.
pub(super) fn id(text: &str) -> Result<String, String> {
    Ok(text.trim().to_owned())
}

/// A role of a policy.
pub(super) fn role(text: &str) -> Result<Role, String> {
    let names = || Role::ALL.iter().map(|role| role.name().replace('_', "-")).collect::<Vec<_>>().join(", ");
    Role::from_name(&text.replace('-', "_")).ok_or_else(|| format!("it is one of: {}", names()))
}

/// What somebody from outside is to a client.
pub(super) fn kind(text: &str) -> Result<PartyKind, String> {
    PartyKind::from_name(text).ok_or_else(|| "it is client, guardian or representative".into())
}

/// How words were compared.
pub(super) fn how(text: &str) -> Result<Compared, String> {
    Compared::from_name(&text.replace('-', "_")).ok_or_else(|| "it is by-voice or in-person".into())
}

/// How many sheets are needed, of how many.
pub(super) fn threshold(text: &str) -> Result<(u8, u8), String> {
    let parsed = text.split_once('/').and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
    match parsed {
        Some((k, n)) if (1..=n).contains(&k) => Ok((k, n)),
        _ => Err("it looks like 2/3: two sheets needed, of three".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_at_most_the_whole() {
        assert_eq!(threshold("2/3"), Ok((2, 3)));
        assert_eq!(threshold("1/1"), Ok((1, 1)));
        for wrong in ["", "2", "0/3", "4/3", "2/3/4", "two/three", "2/300"] {
            assert!(threshold(wrong).is_err(), "{wrong}");
        }
    }
}
