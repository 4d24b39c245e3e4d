//! Files that a page was given, and files that it gives.

use async_trait::async_trait;
use js_sys::{Array, ArrayBuffer, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag};

use super::{message, name};
use crate::ports::{FileError, FileSink, FileSource};

/// Bytes that are kept in wasm's memory before the browser gets them, to keep where it sees fit.
const PART: usize = 8 << 20;

/// A file to seal: one that was chosen or dropped, or any blob.
pub struct BlobSource {
    blob: Blob,
    size: u64,
    begun: bool,
}

impl BlobSource {
    /// Reads from this blob or `File`.
    pub fn new(blob: Blob) -> Self {
        let size = blob.size() as u64;
        Self { blob, size, begun: false }
    }

    fn refused(&self, thrown: &JsValue) -> FileError {
        // A browser refuses to read a file that was changed since it was chosen, with the same words as one without
        // permission; but then the first read fails already.
        if self.begun && name(thrown) == "NotReadableError" {
            return FileError::Changed;
        }
        FileError::Unreadable(message(thrown))
    }
}

#[async_trait(?Send)]
impl FileSource for BlobSource {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, FileError> {
        let end = offset.saturating_add(length as u64).min(self.size);
        let read = async {
            let slice = self.blob.slice_with_f64_and_f64(offset.min(end) as f64, end as f64)?;
            JsFuture::from(slice.array_buffer()).await?.dyn_into::<ArrayBuffer>()
        };
        let buffer = read.await.map_err(|thrown| self.refused(&thrown))?;
        self.begun = true;
        Ok(Uint8Array::new(&buffer).to_vec())
    }
}

/// Where an opened file goes: parts that the browser keeps, so that wasm's memory stays flat.
pub struct BlobSink {
    parts: Array,
    part: Vec<u8>,
}

impl BlobSink {
    /// A sink that is empty.
    pub fn new() -> Self {
        Self { parts: Array::new(), part: Vec::new() }
    }

    /// What was written, as one blob.
    ///
    /// A blob's own media type decides what a browser does with it. Give `application/octet-stream` to whatever is not
    /// known to be harmless: a page of HTML would run in this site's name.
    pub fn finish(mut self, media_type: &str) -> Result<Blob, FileError> {
        self.close_part()?;
        let options = BlobPropertyBag::new();
        options.set_type(media_type);
        Blob::new_with_blob_sequence_and_options(&self.parts, &options).map_err(|thrown| unwritable(&thrown))
    }

    fn close_part(&mut self) -> Result<(), FileError> {
        let bytes = Array::of1(&Uint8Array::from(&self.part[..]));
        let blob = Blob::new_with_u8_array_sequence(&bytes).map_err(|thrown| unwritable(&thrown))?;
        self.parts.push(&blob);
        self.part.clear();
        Ok(())
    }
}

impl Default for BlobSink {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait(?Send)]
impl FileSink for BlobSink {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.part.extend_from_slice(bytes);
        if self.part.len() >= PART { self.close_part() } else { Ok(()) }
    }
}

fn unwritable(thrown: &JsValue) -> FileError {
    FileError::Unwritable(message(thrown))
}
