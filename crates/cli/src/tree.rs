//! Walks a folder and tells what can be added from what cannot, and why.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Serialize;

/// A file that can be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Found {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Its name, as it is there.
    pub(crate) name: String,
    /// The folders above it up to the one that was walked, with `/` between them.
    pub(crate) folder: String,
    /// Its size in bytes.
    pub(crate) size: u64,
}

/// Something that is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Skipped {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Why, and what to do if it matters.
    pub(crate) reason: String,
}

/// What a walk found, sorted by path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    /// Files.
    pub(crate) files: Vec<Found>,
    /// What is not content.
    pub(crate) skipped: Vec<Skipped>,
    /// What may be content, but cannot be read.
    pub(crate) failed: Vec<Skipped>,
}

impl Tree {
    /// Walks `root`. Symbolic links are not followed: a link may lead out of the folder, or in circles.
    pub(crate) fn walk(root: &Path) -> Self {
        let mut tree = Self::default();
        let mut waiting = vec![(root.to_owned(), String::new())];
        while let Some((folder, name)) = waiting.pop() {
            let entries = match entries(&folder) {
                Ok(entries) => entries,
                Err(failed) => {
                    tree.failed.push(failed);
                    continue;
                }
            };
            for entry in entries {
                match entry {
                    Entry::Folder(path) => {
                        let below = file_name(&path);
                        let joined = if name.is_empty() { below } else { format!("{name}/{below}") };
                        waiting.push((path, joined));
                    }
                    Entry::File(path, size) => {
                        tree.files.push(Found { name: file_name(&path), path, folder: name.clone(), size });
                    }
                    Entry::Skipped(skipped) => tree.skipped.push(skipped),
                    Entry::Failed(failed) => tree.failed.push(failed),
                }
            }
        }
        tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        tree.skipped.sort_by(|a, b| a.path.cmp(&b.path));
        tree.failed.sort_by(|a, b| a.path.cmp(&b.path));
        tree
    }
}

/// One thing in a folder.
pub(crate) enum Entry {
    /// A folder.
    Folder(PathBuf),
    /// A file and its size.
    File(PathBuf, u64),
    /// What is not content.
    Skipped(Skipped),
    /// What cannot be read.
    Failed(Skipped),
}

/// What stands in a folder, sorted by name.
pub(crate) fn entries(folder: &Path) -> Result<Vec<Entry>, Skipped> {
    let unreadable = |error: std::io::Error| failed(folder.to_owned(), &error);
    let mut paths = fs::read_dir(folder)
        .and_then(|read| read.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>())
        .map_err(unreadable)?;
    paths.sort();
    Ok(paths.into_iter().map(entry).collect())
}

fn entry(path: PathBuf) -> Entry {
    let skipped = |path, reason: &str| Entry::Skipped(Skipped { path, reason: reason.to_owned() });
    let found = match fs::symlink_metadata(&path) {
        Ok(found) => found,
        Err(error) => return Entry::Failed(failed(path, &error)),
    };
    if found.is_symlink() {
        return skipped(path, "a symbolic link, which is not followed; add what it leads to, if it belongs here");
    }
    if found.is_dir() {
        return Entry::Folder(path);
    }
    if !found.is_file() {
        return skipped(path, "not a file");
    }
    match not_content(&file_name(&path)) {
        Some(reason) => skipped(path, reason),
        None => Entry::File(path, found.len()),
    }
}

fn failed(path: PathBuf, error: &std::io::Error) -> Skipped {
    Skipped { path, reason: format!("cannot be read ({error}); check its permissions and try again") }
}

/// A path's last part.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Why a file of this name is not somebody's document, if so.
fn not_content(name: &str) -> Option<&'static str> {
    const PLACEHOLDERS: [&str; 10] =
        ["gdoc", "gsheet", "gslides", "gform", "gdraw", "gmap", "gsite", "gjam", "gscript", "gtable"];
    let lower = name.to_lowercase();
    let ending = lower.rsplit_once('.').map_or("", |(_, ending)| ending);
    if PLACEHOLDERS.contains(&ending) {
        return Some(
            "only a pointer to a Google document, without its content; open it in Drive, download it as PDF or DOCX, and \
             add that",
        );
    }
    if lower.starts_with("~$") || (lower.starts_with(".~lock.") && lower.ends_with('#')) {
        return Some("a lock of an office program, without content");
    }
    let of_system = ["desktop.ini", "thumbs.db", ".ds_store", "icon\r"].contains(&lower.as_str());
    if of_system || lower.starts_with("._") || ending == "lnk" {
        return Some("a file of the operating system, without content of its own");
    }
    None
}

/// The media type that a name promises.
pub(crate) fn media_type(name: &str) -> &'static str {
    let lower = name.to_lowercase();
    match lower.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "pdf" => "application/pdf",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xls" => "application/vnd.ms-excel",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "ppt" => "application/vnd.ms-powerpoint",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "rtf" => "application/rtf",
        "txt" => "text/plain",
        "md" => "text/markdown",
        "csv" => "text/csv",
        "htm" | "html" => "text/html",
        "eml" => "message/rfc822",
        "msg" => "application/vnd.ms-outlook",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "heic" => "image/heic",
        "tif" | "tiff" => "image/tiff",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "wav" => "audio/wav",
        "mp4" => "video/mp4",
        "mov" => "video/quicktime",
        "zip" => "application/zip",
        "json" => "application/json",
        "xml" => "application/xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_content_has_a_reason() {
        for name in ["Plan.gdoc", "~$a.docx", ".~lock.a.odt#", ".DS_Store", "Thumbs.db", "desktop.ini", "._a.pdf"] {
            assert!(not_content(name).is_some(), "{name}");
        }
        for name in ["Plan.docx", "gdoc", ".gitignore", "a~$b.docx", "leeg.txt"] {
            assert!(not_content(name).is_none(), "{name}");
        }
    }

    #[test]
    fn a_walk_keeps_folders_and_leaves_links() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("a/b/c.txt"), "c").unwrap();
        fs::write(root.join("z.txt"), "").unwrap();
        std::os::unix::fs::symlink(root, root.join("a/round")).unwrap();
        let tree = Tree::walk(root);
        let found: Vec<_> = tree.files.iter().map(|f| (f.folder.as_str(), f.name.as_str(), f.size)).collect();
        assert_eq!(found, [("a/b", "c.txt", 1), ("", "z.txt", 0)]);
        assert_eq!(tree.skipped.len(), 1);
        assert!(tree.skipped[0].reason.contains("symbolic link"));
        assert!(tree.failed.is_empty());
    }
}
