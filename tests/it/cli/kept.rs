//! Searches kept under a name, at the terminal.

use super::Terminal;

#[test]
fn a_search_is_kept_asked_again_and_forgotten() {
    let terminal = Terminal::set_up();
    terminal.write("材料/教育局/1)/关于学习的通知 2017-03-02.txt", "关于学习的通知\n");
    terminal.write("材料/教育局/1)/活动总结 2017-03-05.txt", "活动总结\n");
    terminal.did("intake 材料 --json");
    assert!(terminal.type_("search --saved").err.contains("还没有保存的检索"));
    let (found, _) = terminal.json("search 单位:教育局 --sort date --save 教育局的");
    assert_eq!(found[0]["total"], 2);
    let (kept, code) = terminal.json("search --saved");
    assert_eq!(code, 0);
    assert_eq!(
        kept,
        [serde_json::json!({ "name": "教育局的", "query": "单位:教育局", "sort": "date", "by": "李明" })]
    );
    assert!(terminal.did("search --saved").contains("教育局的  单位:教育局"));
    let (again, _) = terminal.json("search --saved 教育局的");
    assert_eq!(again[0]["total"], 2);
    let titles: Vec<&str> =
        again[0]["hits"].as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap()).collect();
    assert!(titles[0].contains("活动总结"), "newest first, as it was kept: {titles:?}");
    let (few, _) = terminal.json("search --saved 教育局的 --limit 1");
    assert_eq!(few[0]["hits"].as_array().unwrap().len(), 1);
    assert_eq!(terminal.did("search --forget 教育局的").trim(), "教育局的  已删去");
    for (line, code) in [
        ("search --saved 教育局的", 3),
        ("search --forget 教育局的", 3),
        ("search", 2),
        ("search 甲 --saved 乙", 2),
        ("search --save", 2),
    ] {
        assert_eq!(terminal.type_(line).code, code, "{line}");
    }
}
