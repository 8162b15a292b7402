//! What every store promises, as tests.

use std::io::{Cursor, Read};

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::*;

fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(dir.path()).unwrap();
    (dir, store)
}

fn put(store: &Store, bytes: &[u8]) -> Digest {
    let staged = store.stage(&mut Cursor::new(bytes)).unwrap();
    let digest = staged.blob.sha256;
    store.publish(vec![staged]).unwrap();
    digest
}

#[test]
fn the_same_bytes_are_kept_once_and_nothing_half_is_seen() {
    let (_dir, store) = store();
    let digests = [put(&store, b"a"), put(&store, b"a"), put(&store, b"b")];
    assert_eq!(digests[0], digests[1]);
    let staged = store.stage(&mut Cursor::new(b"never published")).unwrap();
    let (found, strangers) = store.digests().unwrap();
    assert_eq!((found.len(), strangers.len()), (2, 0));
    drop(staged);
    assert_eq!(fs::read_dir(store.temporary()).unwrap().count(), 0, "a dropped stage leaves nothing");
    let mut text = String::new();
    store.open_blob(&digests[2]).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "b");
}

#[test]
fn a_batch_of_many_is_published_whole() {
    let (_dir, store) = store();
    let batch: Vec<Staged> =
        (0..300_u32).map(|n| store.stage(&mut Cursor::new(n.to_be_bytes())).unwrap()).collect();
    let digests: Vec<Digest> = batch.iter().map(|it| it.blob.sha256).collect();
    store.publish(batch).unwrap();
    assert!(digests.iter().all(|it| store.rehash(it).unwrap() == *it));
}

#[test]
fn a_damaged_blob_is_found_and_mended_by_filing_it_again() {
    let (_dir, store) = store();
    let digest = put(&store, b"whole");
    fs::write(store.blob_path(&digest), b"hole").unwrap();
    assert_ne!(store.rehash(&digest).unwrap(), digest);
    put(&store, b"whole");
    assert_eq!(store.rehash(&digest).unwrap(), digest);
    store.remove(&digest).unwrap();
    assert!(store.open_blob(&digest).is_err() && store.size(&digest).unwrap().is_none());
}

#[test]
fn a_failing_source_is_told_from_a_failing_disk() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the stick was pulled"))
        }
    }
    let (_dir, store) = store();
    let refused = store.stage(&mut Failing).unwrap_err();
    assert_eq!(refused.kind(), crate::error::Kind::Invalid);
    assert!(refused.message().contains("the stick was pulled"));
}

#[test]
fn a_copy_takes_only_what_is_new_and_refuses_what_changed() {
    let ((_a, from), (_b, to)) = (store(), store());
    let brought = |blobs, bytes, mended| Brought { blobs, bytes, mended };
    let digests = [put(&from, b"one"), put(&from, b"two")];
    assert_eq!(from.copy_missing(&to, digests.into_iter(), false).unwrap(), brought(2, 6, 0));
    let third = put(&from, b"three");
    assert_eq!(from.copy_missing(&to, [digests[0], third].into_iter(), false).unwrap(), brought(1, 5, 0));
    let (fourth, fifth) = (put(&from, b"four"), put(&from, b"fifth"));
    fs::write(from.blob_path(&fourth), b"fuor").unwrap();
    assert!(from.copy_missing(&to, [fourth, fifth].into_iter(), false).is_err());
    assert_eq!((to.size(&fourth).unwrap(), to.size(&fifth).unwrap()), (None, Some(5)), "the good one came");
}

#[test]
fn a_copy_that_reads_again_what_is_there_mends_it() {
    let ((_a, from), (_b, to)) = (store(), store());
    let digests = [put(&from, b"one"), put(&from, b"two")];
    from.copy_missing(&to, digests.into_iter(), false).unwrap();
    fs::write(to.blob_path(&digests[0]), b"eno").unwrap();
    assert_eq!(from.copy_missing(&to, digests.into_iter(), false).unwrap(), Brought::default());
    let mended = Brought { blobs: 1, bytes: 3, mended: 1 };
    assert_eq!(from.copy_missing(&to, digests.into_iter(), true).unwrap(), mended);
    assert_eq!(to.rehash(&digests[0]).unwrap(), digests[0]);
    assert_eq!(from.copy_missing(&to, digests.into_iter(), true).unwrap(), Brought::default());
    // What is damaged here never takes the place of what is good there.
    fs::write(from.blob_path(&digests[1]), b"owt").unwrap();
    from.copy_missing(&to, digests.into_iter(), true).unwrap();
    assert_eq!(to.rehash(&digests[1]).unwrap(), digests[1]);
}

#[test]
fn half_files_are_swept_once_nobody_holds_them() {
    let (_dir, store) = store();
    let held = store.stage(&mut &b"held"[..]).unwrap();
    let left = store.temporary().join("half-left");
    fs::write(&left, "left by a process that was killed").unwrap();
    let made = jiff::Timestamp::try_from(fs::metadata(&left).unwrap().modified().unwrap()).unwrap();
    assert_eq!(store.sweep(made).unwrap(), 0, "both are young");
    let n_swept = if cfg!(unix) { 1 } else { 2 };
    assert_eq!(store.sweep(made + jiff::SignedDuration::from_hours(2)).unwrap(), n_swept);
    assert!(!left.try_exists().unwrap());
    if cfg!(unix) {
        store.publish(vec![held]).unwrap();
        assert_eq!(store.digests().unwrap().0.len(), 1, "what is held is published as if nothing had been");
    }
}

#[test]
fn derived_objects_come_and_go() {
    let (_dir, store) = store();
    let digest = put(&store, b"a");
    assert_eq!(store.derived(&digest, "text").unwrap(), None);
    store.put_derived(&digest, "text", b"one").unwrap();
    store.put_derived(&digest, "text", b"two").unwrap();
    assert_eq!(store.derived(&digest, "text").unwrap().unwrap(), b"two");
    store.remove_derived(&digest).unwrap();
    store.remove_derived(&digest).unwrap();
    assert!(store.open_derived(&digest, "text").unwrap().is_none());
}

proptest! {
    #[test]
    fn hash_while_copying_is_the_hash_of_the_whole(bytes in proptest::collection::vec(any::<u8>(), 0..5000), step in 1_usize..700) {
        struct Slow<'a>(&'a [u8], usize);
        impl Read for Slow<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let n = self.1.min(buffer.len()).min(self.0.len());
                buffer[..n].copy_from_slice(&self.0[..n]);
                self.0 = &self.0[n..];
                Ok(n)
            }
        }
        let (_dir, store) = store();
        let staged = store.stage(&mut Slow(&bytes, step)).unwrap();
        prop_assert_eq!(staged.blob.sha256, Digest::new(Sha256::digest(&bytes).into()));
        prop_assert_eq!(staged.blob.crc32, crc32fast::hash(&bytes));
        prop_assert_eq!(staged.blob.bytes, bytes.len() as u64);
    }
}
