//! The query language: anything typed is understood, and every part of it stands in what was typed.
#![no_main]

use juanzong::index::query::{Node, parse, values};

const TODAY: jiff::civil::Date = jiff::civil::date(2017, 3, 15);

fn n_leaves(node: &Node, depth: usize) -> usize {
    assert!(depth < 100, "deeper than anything that is read");
    match node {
        Node::Term(_) => 1,
        Node::Filter(filter) => {
            let _days = values::dates(&filter.value, TODAY);
            let _sizes = values::sizes(&filter.value);
            1
        }
        Node::All(nodes) | Node::Any(nodes) => nodes.iter().map(|it| n_leaves(it, depth + 1)).sum(),
        Node::Not(node) => n_leaves(node, depth + 1),
    }
}

libfuzzer_sys::fuzz_target!(|typed: &str| {
    let query = parse(typed);
    assert!(matches!(query.root, Node::All(_)));
    assert!(query.root.sought().len() <= n_leaves(&query.root, 0));
    let mut end = 0;
    for part in &query.parts {
        assert!(typed.get(part.clone()).is_some(), "{part:?} is no part of what was typed");
        assert!(part.start >= end, "{part:?} begins before {end}");
        end = part.end;
    }
    let _days = values::dates(typed, TODAY);
    let _sizes = values::sizes(typed);
});
