//! Files of the operating system, read from and written to piece by piece.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use async_trait::async_trait;

use crate::ports::{FileError, FileSink, FileSource};

/// A file to seal.
pub struct PathSource {
    file: File,
    opened: Stamp,
}

/// What changes when somebody writes to a file.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    size: u64,
    seconds: i64,
    nanoseconds: i64,
}

impl Stamp {
    fn of(found: &Metadata) -> Self {
        Self { size: found.size(), seconds: found.mtime(), nanoseconds: found.mtime_nsec() }
    }
}

impl PathSource {
    /// Opens the file at `path`, following symbolic links. Its size is the one it has now.
    ///
    /// Errors: [`FileError::Unreadable`] also for what is not a regular file: a pipe has no size, and would block.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        if !fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err(FileError::Unreadable("it is not a regular file".into()));
        }
        let file = File::open(path).map_err(unreadable)?;
        let opened = Stamp::of(&file.metadata().map_err(unreadable)?);
        Ok(Self { file, opened })
    }

    fn check(&self) -> Result<(), FileError> {
        let now = Stamp::of(&self.file.metadata().map_err(unreadable)?);
        if now == self.opened { Ok(()) } else { Err(FileError::Changed) }
    }
}

#[async_trait(?Send)]
impl FileSource for PathSource {
    fn size(&self) -> u64 {
        self.opened.size
    }

    async fn read(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, FileError> {
        self.file.seek(SeekFrom::Start(offset)).map_err(unreadable)?;
        let mut bytes = Vec::with_capacity(length);
        (&self.file).take(length as u64).read_to_end(&mut bytes).map_err(unreadable)?;
        // After the read: what was read before a change is as it was when the file was opened.
        self.check()?;
        Ok(bytes)
    }
}

/// Where an opened file is written: beside its destination, and moved there when it is whole.
pub struct PathSink {
    file: File,
    part: PathBuf,
    path: PathBuf,
    overwrite: bool,
    finished: bool,
}

impl PathSink {
    /// Begins to write what will be `path`, readable only by its owner.
    ///
    /// Errors: [`FileError::Unwritable`] if something is there already, unless `overwrite`, or the folder cannot be
    /// written.
    pub fn create(path: &Path, overwrite: bool) -> Result<Self, FileError> {
        if !overwrite && fs::symlink_metadata(path).is_ok() {
            return Err(exists(path));
        }
        // A name of its own: the destination's may already be as long as a name can be.
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|error| FileError::Unwritable(error.to_string()))?;
        let part = path.with_file_name(format!(".zegel-{:016x}.part", u64::from_le_bytes(random)));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part).map_err(unwritable)?;
        Ok(Self { file, part, path: path.to_owned(), overwrite, finished: false })
    }

    /// Puts the file in its place, durably. Without this, nothing remains of it.
    pub fn finish(mut self) -> Result<(), FileError> {
        self.file.sync_all().map_err(unwritable)?;
        if !self.overwrite {
            // Takes the name, unless somebody took it since; then the whole file replaces this empty one.
            let taken = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path);
            taken.map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => exists(&self.path),
                _ => unwritable(error),
            })?;
        }
        fs::rename(&self.part, &self.path).map_err(unwritable)?;
        self.finished = true;
        Ok(())
    }
}

#[async_trait(?Send)]
impl FileSink for PathSink {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.file.write_all(bytes).map_err(unwritable)
    }
}

impl Drop for PathSink {
    fn drop(&mut self) {
        if !self.finished {
            // Nobody is left to tell; the name says what it is.
            let _ = fs::remove_file(&self.part);
        }
    }
}

fn unreadable(error: io::Error) -> FileError {
    FileError::Unreadable(error.to_string())
}

fn unwritable(error: io::Error) -> FileError {
    FileError::Unwritable(error.to_string())
}

fn exists(path: &Path) -> FileError {
    FileError::Unwritable(format!("{} is already there, and was left as it is", path.display()))
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;

    #[test]
    fn reads_any_part_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("letter");
        fs::write(&path, b"0123456789").unwrap();
        let mut source = PathSource::open(&path).unwrap();
        assert_eq!(source.size(), 10);
        assert_eq!(block_on(source.read(4, 3)).unwrap(), b"456");
        assert_eq!(block_on(source.read(0, 100)).unwrap(), b"0123456789");
        assert_eq!(block_on(source.read(10, 5)).unwrap(), b"");
    }

    #[test]
    fn notices_a_file_that_shrinks_grows_or_is_rewritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("letter");
        for (size, touched) in [(3, false), (30, false), (10, true)] {
            fs::write(&path, b"0123456789").unwrap();
            let mut source = PathSource::open(&path).unwrap();
            block_on(source.read(0, 2)).unwrap();
            let file = OpenOptions::new().write(true).open(&path).unwrap();
            file.set_len(size).unwrap();
            if touched {
                file.set_modified(std::time::UNIX_EPOCH).unwrap();
            }
            assert_eq!(block_on(source.read(2, 8)), Err(FileError::Changed), "{size}");
        }
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(PathSource::open(folder.path()), Err(FileError::Unreadable(_))));
        assert!(matches!(PathSource::open(&folder.path().join("none")), Err(FileError::Unreadable(_))));
    }

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("n".repeat(255));
        let mut sink = PathSink::create(&path, false).unwrap();
        block_on(sink.write(b"half")).unwrap();
        assert!(!path.exists());
        drop(sink);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

        let mut sink = PathSink::create(&path, false).unwrap();
        block_on(sink.write(b"who")).unwrap();
        block_on(sink.write(b"le")).unwrap();
        sink.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn nothing_is_overwritten_unless_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("letter");
        let late = PathSink::create(&path, false).unwrap();
        fs::write(&path, b"mine").unwrap();
        assert!(matches!(PathSink::create(&path, false), Err(FileError::Unwritable(_))));
        assert!(matches!(late.finish(), Err(FileError::Unwritable(_))));
        assert_eq!(fs::read(&path).unwrap(), b"mine");

        let mut told = PathSink::create(&path, true).unwrap();
        block_on(told.write(b"yours")).unwrap();
        told.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"yours");
    }
}
