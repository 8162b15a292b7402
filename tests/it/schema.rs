//! The schemas that are published: each file of `schema/` says what the program does.

use std::path::Path;

use juanzong::domain::scheme::Scheme;
use juanzong::intake::scheme_file::UnitFile;
use serde::Serialize;

/// Holds a published file against what it is made of; what is fresh is written down to be copied. The order of keys
/// is not compared: it hangs on a feature of `serde_json` that others may turn on.
fn holds(name: &str, schema: &impl Serialize) {
    let fresh = serde_json::to_value(schema).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(name);
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    if serde_json::from_str(&published).ok() != Some(fresh.clone()) {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&place, serde_json::to_string_pretty(&fresh).unwrap() + "\n").unwrap();
        panic!("schema/{name} says something else: look at {} and copy it to schema/", place.display());
    }
}

#[test]
fn the_form_of_a_scheme_file_is_published() {
    holds("scheme.schema.json", &schemars::schema_for!(Scheme));
}

#[test]
fn the_form_of_a_unit_file_is_published() {
    holds("units.schema.json", &schemars::schema_for!(UnitFile));
}

#[test]
fn the_api_is_published() {
    holds("openapi.json", &juanzong::web::openapi().unwrap());
}

#[test]
fn every_file_is_explained() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "README.md" || readme.contains(&format!("`{name}")), "{name} is not explained");
    }
}

#[test]
fn every_table_has_its_class() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    for entry in std::fs::read_dir(folder.join("sqlite")).unwrap() {
        let sql = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for table in sql.lines().filter_map(|it| it.strip_prefix("create table ")?.split(' ').next()) {
            assert!(
                readme.contains(&format!("`{table}`")),
                "{table} is neither a projection nor working state"
            );
        }
    }
}
