//! The one error of the house: a closed kind, a message for the person who asked, and a source for the log.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

/// The result of every verb that can be refused or can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in the few classes that HTTP status and exit code tell apart.
///
/// It is matched without a wildcard in exactly two places, `web/error.rs` and `cli/mod.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request itself is wrong; saying it differently would help.
    Invalid,
    /// The thing named does not exist.
    NotFound,
    /// The request does not fit what is already there.
    Conflict,
    /// The actor may not do this.
    Denied,
    /// A limit of size or number was passed.
    TooLarge,
    /// This build, platform or format cannot do it.
    Unsupported,
    /// Stored bytes are not what they should be.
    Corrupt,
    /// Something outside is missing or busy; trying again may help.
    Unavailable,
    /// A fault of the program.
    Internal,
}

/// An act that did not happen, and why.
///
/// `Display` is the message alone, fit for the person who asked; `{:#}` adds the chain of sources, for the log.
pub struct Error {
    kind: Kind,
    message: Cow<'static, str>,
    zh: Option<Cow<'static, str>>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $kind:ident;)*) => {
        $($(#[$doc])* pub fn $name(message: impl Into<Cow<'static, str>>) -> Self {
            Self::new(Kind::$kind, message)
        })*
    };
}

impl Error {
    /// Makes an error of a kind with a message fit for the person who asked.
    pub fn new(kind: Kind, message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, message: message.into(), zh: None, source: None }
    }

    constructors! {
        /// The request is wrong.
        invalid => Invalid;
        /// The thing named does not exist.
        not_found => NotFound;
        /// The request does not fit what is there.
        conflict => Conflict;
        /// The actor may not do this.
        denied => Denied;
        /// A limit was passed.
        too_large => TooLarge;
        /// It cannot be done here.
        unsupported => Unsupported;
        /// Stored bytes are damaged.
        corrupt => Corrupt;
        /// Something outside is missing or busy.
        unavailable => Unavailable;
        /// A fault of the program.
        internal => Internal;
    }

    /// Gives the sentence in Chinese too, for what a person is likely to meet on a page.
    #[must_use]
    pub fn zh(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.zh = Some(message.into());
        self
    }

    /// Keeps the cause for the log; it is never shown to the person who asked.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Puts what was being done before the message, as in `reading the scheme: …`.
    #[must_use]
    pub fn context(mut self, doing: impl fmt::Display) -> Self {
        self.message = Cow::Owned(format!("{doing}: {}", self.message));
        self.zh = self.zh.map(|it| Cow::Owned(format!("{doing}:{it}")));
        self
    }

    /// Returns the class of the error.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the sentence for the person who asked.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the sentence in English, or in Chinese where there is one.
    pub fn message_in(&self, english: bool) -> &str {
        self.zh.as_deref().filter(|_| !english).unwrap_or(&self.message)
    }

    /// Classifies an error of the file system, naming the path it concerns.
    pub fn io(doing: &str, path: &std::path::Path, source: std::io::Error) -> Self {
        use std::io::ErrorKind as Io;
        let kind = match source.kind() {
            Io::NotFound => Kind::NotFound,
            Io::PermissionDenied => Kind::Denied,
            Io::StorageFull | Io::QuotaExceeded | Io::ResourceBusy | Io::TimedOut => Kind::Unavailable,
            Io::InvalidInput | Io::NotADirectory | Io::IsADirectory => Kind::Invalid,
            _ => Kind::Internal,
        };
        Self::new(kind, format!("{doing} {}: {source}", path.display())).with_source(source)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if f.alternate() {
            let mut next = self.source();
            while let Some(source) = next {
                write!(f, " | {source}")?;
                next = source.source();
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self:#}", self.kind)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|it| it as &(dyn StdError + 'static))
    }
}
