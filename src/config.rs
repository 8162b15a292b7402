//! The settings of a run: what the environment says, read once.

use std::path::PathBuf;

/// What the environment says of the person and the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// The name entries carry where none is given.
    pub user: String,
    /// Whether the person reads English rather than Chinese.
    pub english: bool,
    /// Whether colour is wanted where there is a terminal.
    pub colour: bool,
    /// What to log, as `tracing` filters say it.
    pub log: Option<String>,
    /// Whether the log is written as JSON, one object a line, for programs that gather logs.
    pub log_json: bool,
    /// The archive folder.
    pub archive: Option<PathBuf>,
    /// The folders in which programs are looked for.
    pub programs: Vec<PathBuf>,
}

impl Environment {
    /// Reads the environment of the process.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    pub fn read() -> Self {
        let said = |name: &str| std::env::var(name).ok().filter(|it| !it.is_empty());
        let language =
            said("LC_ALL").or_else(|| said("LC_MESSAGES")).or_else(|| said("LANG")).unwrap_or_default();
        let user = said("USER").or_else(|| said("LOGNAME")).or_else(|| said("USERNAME"));
        Self {
            user: user.unwrap_or_else(|| "local".into()),
            // Chinese is the first language; English is for those whose system speaks it.
            english: language.starts_with("en"),
            colour: said("NO_COLOR").is_none(),
            log: said("JUANZONG_LOG"),
            log_json: said("JUANZONG_LOG_FORMAT").is_some_and(|it| it == "json"),
            archive: std::env::var_os("JUANZONG_ARCHIVE").filter(|it| !it.is_empty()).map(PathBuf::from),
            programs: std::env::var_os("PATH").map_or(vec![], |it| std::env::split_paths(&it).collect()),
        }
    }
}
