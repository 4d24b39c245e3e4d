//! Names of blobs: a hash over the length and the SHA-256 of each piece of 1 MiB, so that a browser can compute it with
//! WebCrypto, which hashes only what it is given whole, and an upload can be resumed piece by piece.

use sha2::{Digest, Sha256};

use crate::{Hash, Label, labelled};

/// Bytes in a piece; the last piece may be shorter.
pub const PIECE: usize = 1 << 20;

/// The name of these bytes.
pub fn blob_name(bytes: &[u8]) -> Hash {
    let mut hasher = BlobHasher::new();
    hasher.update(bytes);
    hasher.finish(bytes.len() as u64)
}

/// Computes a blob's name from its bytes, from digests of its pieces, or from both in turn.
#[derive(Clone, Debug, Default)]
pub struct BlobHasher {
    digests: Vec<Hash>,
    piece: Sha256,
    in_piece: usize,
}

impl BlobHasher {
    /// A hasher that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The SHA-256 of the next whole piece (or of the last, shorter one), computed elsewhere. Not for the middle of a
    /// piece begun with [`update`](Self::update).
    pub fn push_digest(&mut self, digest: [u8; 32]) {
        debug_assert_eq!(self.in_piece, 0, "a digest stands for a whole piece");
        self.digests.push(Hash(digest));
    }

    /// The next bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PIECE - self.in_piece));
            self.piece.update(now);
            self.in_piece += now.len();
            if self.in_piece == PIECE {
                self.close_piece();
            }
            bytes = later;
        }
    }

    /// The name of a blob of `total_len` bytes. With another length than was fed it names nothing.
    pub fn finish(mut self, total_len: u64) -> Hash {
        if self.in_piece > 0 {
            self.close_piece();
        }
        Hash::of(&labelled(Label::Blob, &(total_len, self.digests)))
    }

    fn close_piece(&mut self) {
        self.digests.push(Hash(self.piece.finalize_reset().into()));
        self.in_piece = 0;
    }
}
