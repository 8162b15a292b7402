//! 7z archives.

use std::fs::File;

use sevenz_rust2::{Archive, ArchiveEntry, BlockDecoder, Error, Password};

use crate::intake::bundle::tray::{Done, Tray, Trouble};
use crate::intake::bundle::{Fault, Modified};

/// What a dictionary may take, in KiB; 7-Zip's largest preset takes 256 MiB.
const MEMORY_KIB: usize = 640 << 10;

/// Windows attributes whose upper half holds the mode of a Unix file.
const UNIX: u32 = 0x8000;

pub(super) fn read(mut input: File, tray: &Tray) -> Done {
    let none = Password::empty();
    let packed = input.metadata().map_or(0, |it| it.len());
    let archive = Archive::read_with_memory_limit(&mut input, &none, MEMORY_KIB).map_err(unopened)?;
    for file in &archive.files {
        tray.list(file.name.as_bytes(), true, file.windows_attributes & UNIX == 0)?;
    }
    tray.open()?;
    let mut files_of: Vec<Vec<usize>> = vec![Vec::new(); archive.blocks.len()];
    let mut alone = Vec::new();
    for (n, block) in archive.stream_map.file_block_index.iter().enumerate().take(archive.files.len()) {
        block.and_then(|it| files_of.get_mut(it)).unwrap_or(&mut alone).push(n);
    }
    for (block, files) in files_of.iter().enumerate() {
        let mut unpacking = Unpacking { archive: &archive, files, next: 0, packed, tray };
        if files.first().is_some_and(|it| archive.is_file_encrypted(*it)) {
            unpacking.fail_rest(Fault::Encrypted)?;
            continue;
        }
        unpacking
            .block(BlockDecoder::new_with_memory_limit(1, MEMORY_KIB, block, &archive, &none, &mut input))?;
    }
    for n in alone {
        match archive.files.get(n) {
            Some(file) if is_file(file) => tray.send(n, modified(file), &[])?,
            _ => {}
        }
    }
    Ok(())
}

fn unopened(fault: Error) -> Trouble {
    match fault {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => Trouble::encrypted(),
        Error::UnsupportedCompressionMethod(method) if method.contains("AES") => Trouble::encrypted(),
        Error::MaxMemLimited { .. } => Trouble::beyond(),
        _ => Trouble::damaged("压缩包无法打开，内容不完整"),
    }
}

/// The files of one block, which are packed as one stream.
struct Unpacking<'a> {
    archive: &'a Archive,
    files: &'a [usize],
    /// How many of them had their turn.
    next: usize,
    packed: u64,
    tray: &'a Tray,
}

impl Unpacking<'_> {
    fn block(&mut self, decoder: BlockDecoder<'_, File>) -> Done {
        let mut broken = None;
        let mut rest = Fault::Damaged;
        let ended = decoder.for_each_entries(&mut |file, bytes| {
            let Some(&n) = self.files.get(self.next) else { return Ok(false) };
            self.next += 1;
            if !is_file(file) {
                return Ok(true);
            }
            let sent = (|| {
                if is_link(file) {
                    self.tray.fail(n, Fault::Link)?;
                    return Ok(None);
                }
                self.tray.begin(n, modified(file), self.packed)?;
                let fault = self.tray.copy(bytes)?;
                self.tray.end(fault)?;
                Ok(fault)
            })();
            match sent {
                // What does not match its own sum may be followed by what does; the rest of a bomb is not unpacked.
                Ok(Some(fault @ Fault::Bomb)) => {
                    rest = fault;
                    Ok(false)
                }
                Ok(_) => Ok(true),
                Err(trouble) => {
                    broken = Some(trouble);
                    Ok(false)
                }
            }
        });
        if matches!(ended, Err(Error::MaxMemLimited { .. })) {
            rest = Fault::Bomb;
        }
        broken.map_or(Ok(()), Err)?;
        self.fail_rest(rest)
    }

    fn fail_rest(&mut self, fault: Fault) -> Done {
        for &n in self.files.iter().skip(self.next) {
            if self.archive.files.get(n).is_some_and(is_file) {
                self.tray.fail(n, fault)?;
            }
        }
        Ok(())
    }
}

fn is_file(file: &ArchiveEntry) -> bool {
    !file.is_directory && !file.is_anti_item
}

/// A link of Unix or of Windows; its bytes are only the path it leads to.
fn is_link(file: &ArchiveEntry) -> bool {
    const REPARSE_POINT: u32 = 0x400;
    let (windows, mode) = (file.windows_attributes, file.windows_attributes >> 16);
    windows & REPARSE_POINT != 0 || (windows & UNIX != 0 && mode & 0o170_000 == 0o120_000)
}

fn modified(file: &ArchiveEntry) -> Option<Modified> {
    Modified::windows(u64::from(file.last_modified_date)).filter(|_| file.has_last_modified_date)
}
