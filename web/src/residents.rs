//! Who has a vault in this browser profile. Each has a database of their own; the databases say who is here. A list in the
//! storage of the site says what each is called on the page that asks who somebody is: initials, unless they chose to show
//! their name. Whoever comes next can read it.

use crate::device;

/// The database of whoever was here first, under the name it had when there was one for all.
const FIRST: &str = "zegel";

const LIST: &str = "zegel.people";

/// What said that a vault was here when there was one for all.
const BEFORE: &str = "zegel.vault";

/// Somebody whose vault is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resident {
    /// Their database.
    pub(crate) store: String,
    /// Whether they show their name.
    pub(crate) named: bool,
    /// What they are called; empty until they have been here once.
    pub(crate) label: String,
}

/// The databases of this app among `databases`; where the browser does not list them, those that are known.
#[cfg(any(test, target_arch = "wasm32"))] // for the worker, which is nowhere else
pub(crate) fn of_this_app(databases: Option<Vec<String>>, known: &[String]) -> Vec<String> {
    let all = databases.unwrap_or_else(|| if known.is_empty() { vec![FIRST.to_owned()] } else { known.to_vec() });
    let mut ours: Vec<String> = all.into_iter().filter(|name| is_store(name)).collect();
    // Whoever was first stands first: the name without an id is the shortest.
    zegel_vault::sort_by_bytes(&mut ours, |name| name.clone().into_bytes());
    ours
}

fn is_store(name: &str) -> bool {
    name == FIRST || name.strip_prefix(FIRST).is_some_and(|rest| rest.starts_with('-'))
}

/// A database that nobody has.
#[cfg(any(test, target_arch = "wasm32"))]
pub(crate) fn fresh(taken: &[String], random: impl FnOnce(&mut [u8])) -> String {
    if taken.is_empty() {
        return FIRST.to_owned();
    }
    let mut id = [0; 8];
    random(&mut id);
    format!("{FIRST}-{:016x}", u64::from_be_bytes(id))
}

/// Who was here when this device was last looked at.
pub(crate) fn kept() -> Vec<Resident> {
    let Some(storage) = device::storage() else { return Vec::new() };
    match storage.get_item(LIST) {
        Ok(Some(list)) => read(&list),
        _ => Vec::new(),
    }
}

/// Keeps those whose database is there, and adds those that the list does not know.
pub(crate) fn settle(stores: &[String]) -> Vec<Resident> {
    let known = kept();
    let of = |store: &String| known.iter().find(|resident| resident.store == *store).cloned();
    let unknown = |store: &String| Resident { store: store.clone(), named: false, label: String::new() };
    let list: Vec<Resident> = stores.iter().map(|store| of(store).unwrap_or_else(|| unknown(store))).collect();
    keep(&list);
    list
}

/// Notes what somebody is called here; `named` says whether by name, none that they have not changed their mind.
pub(crate) fn call(store: &str, name: &str, named: Option<bool>) {
    let mut list = kept();
    let before = list.iter().position(|resident| resident.store == store);
    let place = before.unwrap_or_else(|| {
        list.push(Resident { store: store.to_owned(), named: false, label: String::new() });
        list.len() - 1
    });
    let Some(resident) = list.get_mut(place) else { return };
    resident.named = named.unwrap_or(resident.named);
    resident.label =
        if resident.named { name.split_whitespace().collect::<Vec<_>>().join(" ") } else { initials(name) };
    keep(&list);
}

/// What somebody is called here.
pub(crate) fn called(store: &str) -> String {
    kept().into_iter().find(|resident| resident.store == store).map(|resident| resident.label).unwrap_or_default()
}

/// Whether somebody shows their name here.
pub(crate) fn is_named(store: &str) -> bool {
    kept().iter().any(|resident| resident.store == store && resident.named)
}

/// Forgets somebody who signed out.
pub(crate) fn forget(store: &str) {
    let mut list = kept();
    list.retain(|resident| resident.store != store);
    keep(&list);
}

/// The key of a setting that is somebody's own.
pub(crate) fn key(setting: &str, store: &str) -> String {
    format!("{setting}{}", store.strip_prefix(FIRST).unwrap_or_default())
}

/// The letters that the words of a name begin with.
fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).take(4).collect()
}

fn keep(list: &[Resident]) {
    let Some(storage) = device::storage() else { return };
    let _ = storage.remove_item(BEFORE);
    let _ = if list.is_empty() { storage.remove_item(LIST) } else { storage.set_item(LIST, &written(list)) };
}

/// A line each: the database, whether the name is shown, what they are called.
fn written(list: &[Resident]) -> String {
    let line =
        |one: &Resident| format!("{}\t{}\t{}", one.store, if one.named { "name" } else { "initials" }, one.label);
    list.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn read(list: &str) -> Vec<Resident> {
    let line = |line: &str| {
        let mut parts = line.splitn(3, '\t');
        let store = parts.next().filter(|name| is_store(name))?.to_owned();
        let named = parts.next()? == "name";
        Some(Resident { store, named, label: parts.next()?.to_owned() })
    };
    list.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_database_keeps_its_name_and_others_get_one_of_their_own() {
        let all = ["zegel-00000000000000aa", "other", "zegel", "zegelring"].map(str::to_owned).to_vec();
        assert_eq!(of_this_app(Some(all), &[]), ["zegel", "zegel-00000000000000aa"]);
        assert_eq!(of_this_app(None, &["zegel-ab".to_owned()]), ["zegel-ab"]);
        assert_eq!(of_this_app(None, &[]), ["zegel"], "a vault from before there was a list");
        assert_eq!(fresh(&[], |_| ()), "zegel");
        assert_eq!(fresh(&["zegel".to_owned()], |id| id.fill(0xab)), "zegel-abababababababab");
        assert_eq!(key("zegel.lock-after", "zegel"), "zegel.lock-after");
        assert_eq!(key("zegel.lock-after", "zegel-ab"), "zegel.lock-after-ab");
    }

    #[test]
    fn a_list_comes_back_and_says_no_more_than_was_chosen() {
        let one = |store: &str, named, label: &str| Resident { store: store.into(), named, label: label.into() };
        let list = vec![one("zegel", false, &initials("Sanne de Wit")), one("zegel-ab", true, "Ruben Bakker")];
        assert_eq!(written(&list), "zegel\tinitials\tSdW\nzegel-ab\tname\tRuben Bakker");
        assert_eq!(read(&written(&list)), list);
        assert_eq!(read("somebody else's\tname\tMallory\nzegel"), []);
    }
}
