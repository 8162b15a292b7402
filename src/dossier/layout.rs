//! The layout: every member of the dossier in order, computed from the manifest before a byte is written.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use crate::domain::id::Digest;
use crate::dossier::container::{Container, Entry, Stamp};
use crate::dossier::manifest::{Manifest, VERSION};
use crate::dossier::{bag, names, pages};
use crate::error::{Error, Result};

/// A dossier laid out: its size and every name are known, and any range of its bytes can be produced.
#[derive(Clone, Debug)]
pub struct Layout {
    manifest: Manifest,
    top: String,
    seal: Digest,
    members: Vec<Member>,
    container: Container,
}

/// Where the bytes of a member come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Generated, and held here.
    Text(Vec<u8>),
    /// A blob of the store.
    Blob(Digest),
    /// The thumbnail of a blob.
    Thumbnail {
        /// The blob it was made from.
        of: Digest,
    },
}

/// A file of the dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its path in the bag.
    pub path: String,
    /// The SHA-256 of its bytes.
    pub sha256: Digest,
    /// Their number.
    pub bytes: u64,
    /// Their CRC-32 (IEEE).
    pub crc32: u32,
    /// Where they come from.
    pub content: Content,
}

impl Member {
    fn text(path: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self {
            path: path.into(),
            sha256: Digest::new(Sha256::digest(&bytes).into()),
            bytes: bytes.len() as u64,
            crc32: crc32fast::hash(&bytes),
            content: Content::Text(bytes),
        }
    }
}

impl Layout {
    /// Lays out a dossier. Paths of parts in the manifest are set here, whatever they were.
    ///
    /// # Errors
    /// `Corrupt` where the plan gives one digest two sizes; `Unsupported` where it is of a newer format.
    pub fn new(mut manifest: Manifest) -> Result<Self> {
        if manifest.version > VERSION {
            return Err(Error::unsupported("This plan was made by a newer program; plan the dossier again."));
        }
        names::assign(&mut manifest);
        let blobs = blobs(&manifest)?;
        let payload = Member::text(bag::PAYLOAD_FILE, sums(&blobs));
        let seal = payload.sha256;
        let n_bytes = blobs.iter().map(|it| it.bytes).sum();
        let mut tags = vec![
            Member::text(bag::BAGIT_FILE, bag::BAGIT.into()),
            Member::text(bag::ABOUT_FILE, bag::about(&manifest, n_bytes, blobs.len()).into()),
            Member::text(bag::README_FILE, bag::readme(&manifest, &seal).into()),
        ];
        tags.extend(pages::all(&manifest, &seal)?.into_iter().map(|(path, bytes)| Member::text(path, bytes)));
        tags.push(Member::text(bag::MANIFEST_FILE, manifest.json()?));
        tags.push(payload);
        tags.extend(thumbnails(&manifest)?);
        let list = Member::text(bag::TAGS_FILE, sums(&tags));
        tags.insert(2, list);
        if blobs.is_empty() {
            // A bag has a payload folder, though nothing lies in it.
            tags.push(Member::text("data/", vec![]));
        }
        let top = names::top(&manifest);
        let members: Vec<Member> = tags.into_iter().chain(blobs).collect();
        let entry =
            |it: &Member| Entry { name: format!("{top}/{}", it.path), bytes: it.bytes, crc32: it.crc32 };
        let container = Container::new(members.iter().map(entry).collect(), Stamp::from(manifest.made()));
        Ok(Self { manifest, top, seal, members, container })
    }

    /// Returns the number of bytes of the zip.
    pub fn total_bytes(&self) -> u64 {
        self.container.total_bytes()
    }

    /// Returns the name of the zip.
    pub fn file_name(&self) -> String {
        format!("{}.zip", self.top)
    }

    /// Returns the SHA-256 of the list of originals, which is printed on every sheet.
    pub fn seal(&self) -> &Digest {
        &self.seal
    }

    /// Returns a tag that differs for every other content, for HTTP.
    pub fn etag(&self) -> Digest {
        let tags = self.members.iter().find(|it| it.path == bag::TAGS_FILE);
        tags.map_or(self.seal, |it| it.sha256)
    }

    /// Returns the manifest with the paths of its parts.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Returns the members in the order in which they stand in the zip.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    pub(super) fn container(&self) -> &Container {
        &self.container
    }
}

fn sums(members: &[Member]) -> Vec<u8> {
    bag::sums(members.iter().map(|it| (it.path.as_str(), it.sha256))).into_bytes()
}

/// The originals, each once.
fn blobs(manifest: &Manifest) -> Result<Vec<Member>> {
    let parts = manifest.parts().map(|it| Member {
        path: it.member.clone(),
        sha256: it.sha256,
        bytes: it.bytes,
        crc32: it.crc32,
        content: Content::Blob(it.sha256),
    });
    once(parts)
}

fn thumbnails(manifest: &Manifest) -> Result<Vec<Member>> {
    let pictures = manifest.parts().filter_map(|part| {
        let it = part.thumbnail.as_ref()?;
        let content = Content::Thumbnail { of: part.sha256 };
        Some(Member { path: it.member.clone(), sha256: it.sha256, bytes: it.bytes, crc32: it.crc32, content })
    });
    once(pictures)
}

fn once(members: impl Iterator<Item = Member>) -> Result<Vec<Member>> {
    let mut res: Vec<Member> = Vec::new();
    let mut places: HashMap<Digest, usize> = HashMap::new();
    for member in members {
        match places.get(&member.sha256).map(|n| &res[*n]) {
            None => {
                places.insert(member.sha256, res.len());
                res.push(member);
            }
            Some(known) if (known.bytes, known.crc32) == (member.bytes, member.crc32) => {}
            Some(_) => {
                let message = format!(
                    "The plan gives the file {} two sizes; run `juanzong audit` and plan again.",
                    member.sha256
                );
                return Err(Error::corrupt(message));
            }
        }
    }
    Ok(res)
}
