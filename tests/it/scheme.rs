//! Schemes: precise errors, versions side by side, what an import would change.

use jiff::civil::date;
use juanzong::domain::scheme_diff;
use juanzong::domain::unit::Units;
use juanzong::intake::scheme_file::{read_scheme, read_units, template};

const UNITS: &str = "[[unit]]\nid = \"wmb\"\nname = \"市文明办\"\ngroups = [{ name = \"市直各单位\" }]\n";

fn units() -> Units {
    Units(read_units(UNITS, "units.toml").unwrap())
}

/// The problems of a scheme, without the file name.
fn problems(text: &str) -> Vec<String> {
    let read = read_scheme(text, "s.toml", &units(), date(2027, 1, 1));
    read.err().unwrap_or_default().iter().map(|it| it.to_string().replace("s.toml:", "")).collect()
}

#[test]
fn the_template_is_a_scheme() {
    assert_eq!(problems(template()), [""; 0]);
}

#[test]
fn the_units_to_begin_with_are_units() {
    let units = read_units(juanzong::intake::scheme_file::unit_template(), "u.toml").unwrap();
    assert_eq!(units.len(), 4);
    let units = Units(units);
    assert_eq!(units.expand("市直各单位", date(2027, 1, 1)).len(), 2);
    assert_eq!(units.with_departments(&"yy".parse().unwrap()).len(), 2);
}

#[test]
fn every_fault_is_named_with_its_line_and_what_to_write() {
    let broken = template()
        .replace("lead = \"市文明办\"", "lead = \"市文明委\"")
        .replace("kinds = [\"policy\"]", "kinds = [\"规范文件\"]")
        .replace("id = \"lf-zhaopian\"", "id = \"lf-wenjian\"")
        .replace("min = 4", "min = 0")
        .replace("formats = [\"jpg\"], pixels = 1024", "formats = [\"jpg, png\"], pixels = 0")
        .replace("test_on", "# test_on");
    let line = |text: &str| broken.lines().position(|it| it.contains(text)).unwrap() + 1;
    let found = problems(&broken);
    let starts = |key: &str, said: &str| {
        let place = format!("{}:", line(key));
        assert!(found.iter().any(|it| it.starts_with(&place) && it.contains(said)), "{key}: {found:#?}");
    };
    starts("lead = \"市文明委\"", "did you mean “市文明办”");
    starts("kinds = [\"规范文件\"]", "write its code “policy”");
    starts("min = 0", "At least 1");
    starts("limits = {", "“jpg, png” is no format");
    starts("limits = {", "A limit of 0");
    assert!(found.iter().any(|it| it.contains("used twice")));
    assert!(found.iter().any(|it| it.contains("needs `test_on`")));
    assert_eq!(found.len(), 8, "{found:#?}");
}

#[test]
fn a_wrong_key_type_or_date_is_named_with_its_line() {
    let found = problems(&template().replace("measure = ", "measurre = "));
    assert!(found[0].contains("did you mean “measure”"), "{found:?}");
    let found = problems(&template().replace("\"2027-08-15\"", "\"2027-08-32\""));
    assert!(found[0].starts_with("7:") && found[0].contains("\"2017-03-05\""), "{found:?}");
    let found = problems("id = 3");
    assert_eq!(found.len(), 1);
    assert_eq!(problems("id = \"x\ny\"").len(), 1);
}

#[test]
fn units_clash_by_name() {
    let twice = format!("{UNITS}[[unit]]\nid = \"x\"\nname = \"某局\"\naliases = [\"市 文明办\"]\n");
    let found = read_units(&twice, "u.toml").unwrap_err();
    assert_eq!((found.len(), found[0].line), (1, 7));
}

#[test]
fn a_newer_version_shows_what_changes_by_requirement_id() {
    let read = |text: &str| read_scheme(text, "s.toml", &units(), date(2027, 1, 1)).unwrap();
    let old = read(template());
    let new = read(&template().replace("min = 4", "min = 6").replace("lf-wenjian", "lf-tongzhi"));
    let changes: Vec<String> = scheme_diff::diff(&old, &new)
        .iter()
        .map(|it| format!("{} {} {}", it.sign, it.what, it.fields.join(";")))
        .collect();
    assert_eq!(
        changes,
        [
            "+ lf-tongzhi 成立领导机构的文件 ",
            "~ lf-zhaopian 活动照片,每季度不少于 4 张 min: 4 → 6",
            "- lf-wenjian 成立领导机构的文件 "
        ]
    );
    assert!(scheme_diff::diff(&old, &old).is_empty());
}
