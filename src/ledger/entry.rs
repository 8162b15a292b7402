//! Entries and their chain.
//!
//! The hash of an entry is SHA-256 over, in this order: the text `juanzong entry 1`, the number and the instant in
//! microseconds since 1970 as 8 bytes each (big endian), the actor and the verb each as a length of 4 bytes (big
//! endian) and UTF-8 bytes, the 32 bytes of the payload digest, the 32 bytes of the previous hash (zeros for the
//! first). The payload digest is SHA-256 over the 16 bytes of the salt and the payload's UTF-8 bytes. So an emptied
//! payload, its salt deleted with it, leaves a chain that verifies and nothing that could be guessed at.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::domain::id::{Digest, EntryId};
use crate::domain::submission::Head;
use crate::error::{Error, Result};
use crate::ledger::event::Event;

/// One thing that happened: numbered, hash-chained, never edited.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its number, from 1 without gaps.
    pub id: EntryId,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// What was done; stays when the payload is emptied.
    pub verb: String,
    /// What happened; none once it was emptied by a disposal.
    pub event: Option<Event>,
    /// Its hash.
    pub hash: Digest,
}

/// An entry as it lies in the table.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) entry_id: i64,
    pub(super) at_us: i64,
    pub(super) actor: String,
    pub(super) verb: String,
    pub(super) salt: Option<String>,
    pub(super) payload: Option<String>,
    pub(super) payload_digest: Digest,
    pub(super) hash: Digest,
}

/// The head of an empty ledger.
pub const GENESIS: Head = Head { entry: EntryId(0), hash: Digest::new([0; 32]) };

/// Writes an event down as the entry after `head`.
pub(super) fn write(head: Head, at: Timestamp, actor: &str, event: &Event) -> Result<Row> {
    let payload = serde_json::to_string(event)
        .map_err(|it| Error::internal("An entry cannot be written as JSON.").with_source(it))?;
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|it| {
        Error::unavailable("The system gives no random numbers; try again.")
            .with_source(std::io::Error::other(it.to_string()))
    })?;
    let payload_digest = payload_digest(&salt, &payload);
    let (entry_id, at_us) = (head.entry.0 + 1, at.as_microsecond());
    let hash = chain_hash((entry_id, at_us), actor, event.verb(), &payload_digest, &head.hash);
    Ok(Row {
        entry_id,
        at_us,
        actor: actor.to_owned(),
        verb: event.verb().to_owned(),
        salt: Some(hex(&salt)),
        payload: Some(payload),
        payload_digest,
        hash,
    })
}

impl Row {
    /// Reads the row as an entry.
    ///
    /// # Errors
    /// `Corrupt` where the payload is not of this program's making.
    pub(super) fn entry(&self) -> Result<Entry> {
        let bad = |what: &str| {
            Error::corrupt(format!("Entry {} of the ledger {what}; run `juanzong audit`.", self.entry_id))
        };
        let event = match &self.payload {
            None => None,
            Some(payload) => {
                let event = serde_json::from_str(payload);
                Some(event.map_err(|it| bad("cannot be read").with_source(it))?)
            }
        };
        let at = Timestamp::from_microsecond(self.at_us)
            .map_err(|it| bad("has an impossible time").with_source(it))?;
        Ok(Entry {
            id: EntryId(self.entry_id),
            at,
            actor: self.actor.clone(),
            verb: self.verb.clone(),
            event,
            hash: self.hash,
        })
    }

    /// Checks the row against the one before it. Returns what is wrong, none where the chain holds.
    pub(super) fn fault(&self, before: &Head) -> Option<&'static str> {
        if self.entry_id != before.entry.0 + 1 {
            return Some("does not follow the entry before it: the numbers have a gap");
        }
        let hash = chain_hash(
            (self.entry_id, self.at_us),
            &self.actor,
            &self.verb,
            &self.payload_digest,
            &before.hash,
        );
        if hash != self.hash {
            return Some("does not match its hash");
        }
        match (&self.salt, &self.payload) {
            (None, None) => None,
            (Some(salt), Some(payload)) => match unhex(salt) {
                Some(salt) if payload_digest(&salt, payload) == self.payload_digest => None,
                _ => Some("has a payload that was changed"),
            },
            _ => Some("was emptied by halves"),
        }
    }
}

fn payload_digest(salt: &[u8], payload: &str) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(payload.as_bytes());
    Digest::new(hasher.finalize().into())
}

fn chain_hash(
    (entry_id, at_us): (i64, i64),
    actor: &str,
    verb: &str,
    payload: &Digest,
    previous: &Digest,
) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update(b"juanzong entry 1");
    hasher.update(entry_id.to_be_bytes());
    hasher.update(at_us.to_be_bytes());
    for text in [actor, verb] {
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        hasher.update(length.to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.update(payload.as_bytes());
    hasher.update(previous.as_bytes());
    Digest::new(hasher.finalize().into())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pair = |n: usize| text.get(n * 2..n * 2 + 2).and_then(|it| u8::from_str_radix(it, 16).ok());
    (0..text.len() / 2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(head: Head, timezone: &str) -> Row {
        let event = Event::ArchiveCreated { timezone: timezone.into() };
        write(head, Timestamp::UNIX_EPOCH, "clerk", &event).unwrap()
    }

    #[test]
    fn a_changed_payload_is_found_and_an_emptied_one_holds() {
        let mut first = row(GENESIS, "Asia/Shanghai");
        let head = Head { entry: EntryId(1), hash: first.hash };
        let second = row(head, "Asia/Shanghai");
        assert_eq!((first.fault(&GENESIS), second.fault(&head)), (None, None));
        assert!(second.fault(&GENESIS).is_some());
        first.payload = first.payload.map(|it| it.replace("Shanghai", "Urumqi"));
        assert_eq!(first.fault(&GENESIS), Some("has a payload that was changed"));
        first.payload = None;
        assert_eq!(first.fault(&GENESIS), Some("was emptied by halves"));
        first.salt = None;
        assert_eq!(first.fault(&GENESIS), None);
        first.actor = "someone".into();
        assert_eq!(first.fault(&GENESIS), Some("does not match its hash"));
    }

    #[test]
    fn equal_payloads_have_unequal_digests() {
        assert_ne!(row(GENESIS, "UTC").payload_digest, row(GENESIS, "UTC").payload_digest);
    }
}
