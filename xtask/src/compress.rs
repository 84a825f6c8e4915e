//! Precompressed siblings, so that the server never compresses a static file.

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// How long a file may take.
#[derive(Clone, Copy)]
pub enum Effort {
    /// Development: a large file in a fraction of a second.
    Quick,
    /// Delivery: the smallest file.
    Best,
}

/// Whether a file of this name gains from compression.
pub fn worthwhile(name: &str) -> bool {
    ["js", "wasm", "css", "svg", "json", "webmanifest", "txt"]
        .iter()
        .any(|extension| name.ends_with(&format!(".{extension}")))
}

/// The file as brotli.
pub fn brotli(bytes: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let parameters = ::brotli::enc::BrotliEncoderParams {
        quality: match effort {
            Effort::Quick => 4,
            Effort::Best => 11,
        },
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut out = Vec::new();
    ::brotli::BrotliCompress(&mut &bytes[..], &mut out, &parameters)?;
    Ok(out)
}

/// The file as gzip.
pub fn gzip(bytes: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let level = match effort {
        Effort::Quick => Compression::new(4),
        Effort::Best => Compression::best(),
    };
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
