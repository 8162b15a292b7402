//! The command line as a person types it: the real binary, its words, its JSON and its exit codes.

mod codes;

mod json;

mod kept;

mod story;

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::world::keeper;

const UNITS: &str = r#"
[[unit]]
id = "wmb"
name = "市文明办"
aliases = ["文明办"]

[[unit]]
id = "jyj"
name = "市教育局"
aliases = ["教育局"]
"#;

/// A scheme whose windows lie in the past, so that no clock changes what is owed.
const SCHEME: &str = r#"
id = "2017"
title = "全国文明城市测评体系"
levels = ["测评项目", "测评标准"]
window = { rule = "fixed", from = "2016-08-01", to = "2017-07-31" }

[[indicator]]
path = "1"
code = "Ⅰ-1"
title = "学雷锋活动"

[[indicator]]
path = "1.1"
code = "1)"
title = "组织领导"
lead = "市文明办"
units = ["教育局"]

  [[indicator.requirement]]
  id = "lf-wj"
  title = "领导机构文件"
  kinds = ["policy"]
"#;

/// Someone at a terminal, in a folder of their own.
pub struct Terminal {
    dir: tempfile::TempDir,
    /// The language of the system.
    pub lang: &'static str,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Terminal {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), lang: "zh_CN.UTF-8" }
    }

    /// One with an archive, its units and its scheme.
    pub fn set_up() -> Self {
        let res = Self::new();
        res.write("单位.toml", UNITS).write("体系.toml", SCHEME);
        for line in ["init", "unit import 单位.toml", "scheme import 体系.toml"] {
            res.did(line);
        }
        res
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        self
    }

    /// The command of a line, its words set apart by spaces.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(keeper().program);
        command.args(line.split(' ')).current_dir(self.dir.path());
        for name in ["LC_ALL", "LC_MESSAGES", "JUANZONG_ARCHIVE", "JUANZONG_LOG"] {
            command.env_remove(name);
        }
        command.env("LANG", self.lang).env("USER", "李明");
        command
    }

    /// Types a line.
    pub fn type_(&self, line: &str) -> Ended {
        let output = self.command(line).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ended { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Types a line that does what it says.
    pub fn did(&self, line: &str) -> String {
        let ended = self.type_(line);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{line}: {}", ended.out);
        ended.out
    }

    /// Types a line with `--json` and returns its values and its exit code.
    pub fn json(&self, line: &str) -> (Vec<Value>, i32) {
        let ended = self.type_(&format!("--json {line}"));
        let values = ended.out.lines().map(|it| serde_json::from_str(it).expect(it));
        (values.collect(), ended.code)
    }
}

/// The names of the fields of an object, sorted: their order says nothing.
pub fn fields(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// A text with what differs from run to run put out of sight: digests, whole or short, today, the hour, sizes in kB.
pub fn redacted(text: &str) -> String {
    let line = |line: &str| {
        let words = line.split_inclusive(&[' ', '。', ';', ',', '('][..]).map(|it| {
            let end = it.chars().next_back().filter(|c| !c.is_alphanumeric()).map_or(0, char::len_utf8);
            let (word, mark) = it.split_at(it.len() - end);
            // Nothing in these stories is as late as the day they are told on.
            match word.split_once(':').filter(|it| it.0.starts_with("202") && it.0.len() == 10) {
                Some((_, rest)) => format!("[today]:{rest}{mark}"),
                None => format!("{}{mark}", steady(word)),
            }
        });
        words.collect::<String>().trim_end().to_owned()
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n").replace("[size] kB", "[size]")
}

fn steady(word: &str) -> &str {
    let is_hex = word.bytes().all(|it| it.is_ascii_digit() || (b'a'..=b'f').contains(&it));
    let is_number = |it: &str| it.parse::<u64>().is_ok();
    match word {
        _ if is_hex && matches!(word.len(), 12 | 64) => "[sha256]",
        _ if word.starts_with("202") && word.len() == 10 => "[today]",
        _ if word.starts_with("202") && word.contains('T') => "[now]",
        _ if word.split_once('.').is_some_and(|it| is_number(it.0) && is_number(it.1)) => "[size]",
        _ => word,
    }
}
