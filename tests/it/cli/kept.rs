//! Searches kept under a name, at the terminal.

use serde_json::Value;

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

#[test]
fn all_that_a_query_finds_is_taken_as_it_is_meant() {
    let terminal = Terminal::set_up();
    terminal.write("材料/教育局/1)/关于学习的通知 2017-03-02.txt", "关于学习的通知\n");
    terminal.write("材料/教育局/1)/活动总结 2017-03-05.txt", "活动总结\n");
    terminal.did("intake 材料 --json");
    // A question is answered by its parts as well: nobody saw whether those are meant.
    for line in
        ["tag --query 教育局的学习活动通知和总结 --add 甲", "dossier plan --query 教育局的学习活动通知和总结"]
    {
        let ended = terminal.type_(line);
        assert!(ended.code == 2 && ended.err.contains("请加引号"), "{line}: {ended:?}");
    }
    assert_eq!(terminal.json("tag --query 学习 --add 甲").0.len(), 1);
    terminal.did("search 单位:教育局 --table 结果.json");
    let table: Value = serde_json::from_slice(&std::fs::read(terminal.path("结果.json")).unwrap()).unwrap();
    assert_eq!((&table["total"], table["pieces"].as_array().unwrap().len()), (&Value::from(2), 2));
    assert_eq!(terminal.type_("search 学习 --table 结果.txt").code, 2);
}
