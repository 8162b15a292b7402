//! From an empty folder to a dossier that verifies, line by line as it is typed and answered.

use super::{Terminal, redacted};

/// Types lines and returns what is seen, with the exit code where it is not 0.
fn seen(terminal: &Terminal, lines: &[&str]) -> String {
    let mut res = String::new();
    for line in lines {
        let ended = terminal.type_(line);
        let code = if ended.code == 0 { String::new() } else { format!("[exit {}]\n", ended.code) };
        res.push_str(&format!("$ juanzong {line}\n{}{}{code}", ended.out, ended.err));
    }
    redacted(&res)
}

#[test]
fn from_an_empty_folder_to_a_dossier_that_verifies() {
    let terminal = Terminal::new();
    terminal.write("单位.toml", super::UNITS).write("体系.toml", super::SCHEME);
    let notice = "关于成立领导小组的通知\n开展道德讲堂,关爱空巢老人。\n2017年3月1日\n";
    terminal.write("材料/文明办/1)组织领导/关于成立领导小组的通知.txt", notice);
    terminal.write("材料/教育局/1)/关于学习的通知 2017-03-02.txt", "学习志愿服务");
    terminal.write("材料/教育局/1)/空.txt", "");
    it_is_set_up(&terminal);
    material_is_filed_and_found(&terminal);
    it_is_judged(&terminal);
    it_is_handed_over(&terminal);
}

fn it_is_set_up(terminal: &Terminal) {
    let lines =
        ["init", "unit import 单位.toml", "scheme check 体系.toml", "scheme import 体系.toml", "check"];
    insta::assert_snapshot!(seen(terminal, &lines), @r#"
    $ juanzong init
    档案库已建在 juanzong-archive。下一步:juanzong unit import 单位.toml,再 juanzong scheme import 体系.toml
    $ juanzong unit import 单位.toml
    新增或更新单位 2 个。下一步:juanzong scheme import 体系.toml
    $ juanzong scheme check 体系.toml
    体系 2017:标准 1 条,材料要求 1 条,应报 2 项,没有错误。
    $ juanzong scheme import 体系.toml
    已导入体系 2017。下一步:juanzong intake 材料文件夹
    $ juanzong check

    市文明办:1 项未报齐,缺 1 件
    状态    已有    指标    材料要求      时段  截止
    ○ 未报  0/1 件  Ⅰ-1 1)  领导机构文件

    市教育局:1 项未报齐,缺 1 件
    状态    已有    指标    材料要求      时段  截止
    ○ 未报  0/1 件  Ⅰ-1 1)  领导机构文件

    截至 [today]:2 项未报齐(缺 2 件),涉及 2 个单位;已通过 0 / 2 项。
    [exit 1]
    "#);
}

fn material_is_filed_and_found(terminal: &Terminal) {
    let filed = ["intake --dry-run 材料", "intake 材料", "search 空巢老人", "check"];
    insta::assert_snapshot!(seen(terminal, &filed), @r#"
    $ juanzong intake --dry-run 材料
    已归档  材料/教育局/1)/关于学习的通知 2017-03-02.txt  市教育局  Ⅰ-1 1)
    空文件  材料/教育局/1)/空.txt
        E04 文件是空的（0 字节）。 请重新导出后报送。
    已归档  材料/文明办/1)组织领导/关于成立领导小组的通知.txt  市文明办  Ⅰ-1 1)
    试运行:什么也没有归档。
    $ juanzong intake 材料
    已归档 #6  材料/教育局/1)/关于学习的通知 2017-03-02.txt  市教育局  Ⅰ-1 1)
    空文件  材料/教育局/1)/空.txt
        E04 文件是空的（0 字节）。 请重新导出后报送。
    已归档 #7  材料/文明办/1)组织领导/关于成立领导小组的通知.txt  市文明办  Ⅰ-1 1)
    回执 #5:已归档 2,空文件 1;共 109 B;未归属 0 件;清单摘要 [sha256];记录到第 9 条。
    下一步: juanzong --archive juanzong-archive check
    $ juanzong search 空巢老人
    #7  关于成立领导小组的通知
        市文明办 · Ⅰ-1 1) · 2017-03-01 · 待审
        开展道德讲堂,关爱空巢老人。 2017年3月1日
    共 1 件。
    $ juanzong check

    市文明办:1 项未报齐,缺 1 件
    状态    已有              指标    材料要求      时段  截止
    ◔ 待审  0/1 件 (+1 待审)  Ⅰ-1 1)  领导机构文件

    市教育局:1 项未报齐,缺 1 件
    状态    已有              指标    材料要求      时段  截止
    ◔ 待审  0/1 件 (+1 待审)  Ⅰ-1 1)  领导机构文件

    截至 [today]:2 项未报齐(缺 2 件),涉及 2 个单位;已通过 0 / 2 项。
    [exit 1]
    "#);
}

fn it_is_judged(terminal: &Terminal) {
    let judged = [
        "accept #6",
        "check",
        "accept 6-8",
        "return 7 --reason 缺公章 --until 2017-04-20",
        "accept 7",
        "check",
    ];
    insta::assert_snapshot!(seen(terminal, &judged), @r#"
    $ juanzong accept #6
    #6  已通过  Ⅰ-1 1)
    $ juanzong check

    市文明办:1 项未报齐,缺 1 件
    状态    已有              指标    材料要求      时段  截止
    ◔ 待审  0/1 件 (+1 待审)  Ⅰ-1 1)  领导机构文件

    截至 [today]:1 项未报齐(缺 1 件),涉及 1 个单位;已通过 1 / 2 项。
    [exit 1]
    $ juanzong accept 6-8
    #7  已通过  Ⅰ-1 1)
    #6  已是如此,略过
    $ juanzong return 7 --reason 缺公章 --until 2017-04-20
    #7  已退回  Ⅰ-1 1)
    $ juanzong accept 7
    #7  已通过  Ⅰ-1 1)
    $ juanzong check
    截至 [today]:应报 2 项,全部已通过。
    "#);
}

fn it_is_handed_over(terminal: &Terminal) {
    let handed = [
        "show 7",
        "dossier plan",
        "dossier build --organization 市创建办 -o 档案.zip",
        "dossier verify 档案.zip",
        "audit",
    ];
    insta::assert_snapshot!(seen(terminal, &handed), @r#"
    $ juanzong show 7
    #7  关于成立领导小组的通知
    市文明办 · 规范文件 · 91 B
      Ⅰ-1 1) [2017]  已通过
      1. 关于成立领导小组的通知.txt  91 B  [sha256]
      made [today] (filetime)
      made 2017-03-01 (document)
      E09 规范文件没有发文字号。 请报送带文号的正式文件，或更正类型。
      [now]  李明  filed
      [now]  juanzong  read
      [now]  李明  judged
      [now]  李明  judged
      [now]  李明  judged
    $ juanzong dossier plan
    全国文明城市测评体系
      材料 2 件(已通过 2,待审 0),文件 2 个,[size]:规范文件 2
      未报齐 0 项,缺 0 件;不予装入 0 件
    $ juanzong dossier build --organization 市创建办 -o 档案.zip
    全国文明城市测评体系
      材料 2 件(已通过 2,待审 0),文件 2 个,[size]:规范文件 2
      未报齐 0 项,缺 0 件;不予装入 0 件
    已写入 档案.zip。清单摘要 [sha256]。核对:juanzong dossier verify '档案.zip'
    $ juanzong dossier verify 档案.zip
    合格:全国文明城市测评体系,核对文件 16 个,[size]
    原件清单摘要 [sha256]
    $ juanzong audit
    合格  操作记录链  15
    合格  数据表  2
    合格  文件  2
    合格  无主文件  2
    合格  读取  2
    未检  文本  2
        文本都在；其内容是否仍与所读文件一致，未检查。
    合格  索引  2
    "#);
}

#[test]
fn the_gap_list_is_a_table_for_a_spreadsheet() {
    let terminal = Terminal::set_up();
    terminal.write("材料/教育局/1)/关于学习的通知 2017-03-02.txt", "学习");
    terminal.did("intake 材料");
    let ended = terminal.type_("check --csv");
    assert_eq!((ended.code, ended.err.as_str()), (1, ""));
    assert!(ended.out.starts_with('\u{feff}'), "spreadsheets of the office take it for UTF-8 by this mark");
    insta::assert_snapshot!(ended.out.trim_start_matches('\u{feff}'), @r#"
    单位,指标,标准,材料要求,时段,状态,应报,已通过,待审,缺,截止
    市文明办,Ⅰ-1 1),组织领导,领导机构文件,,未报,1,0,0,1,
    市教育局,Ⅰ-1 1),组织领导,领导机构文件,,待审,1,0,1,1,
    "#);
    let ended = terminal.type_("check --csv --unit 文明办");
    assert_eq!((ended.code, ended.out.lines().count()), (1, 2));
    terminal.did("accept 6-9");
    assert_eq!(terminal.type_("check --csv --unit 教育局").code, 0, "this unit owes nothing");
    assert_eq!(terminal.type_("check --csv --json").code, 2, "one form at a time");
}

#[test]
fn a_past_day_is_asked_by_its_date() {
    let terminal = Terminal::set_up();
    terminal.write("材料/教育局/1)/关于学习的通知 2017-03-02.txt", "学习");
    terminal.did("intake 材料");
    let ended = terminal.type_("check --as-of 2017-01-01");
    assert_eq!(ended.code, 3, "there was no scheme then: {ended:?}");
    assert_eq!(terminal.type_("check --as-of 2999-01-01").code, 1);
    assert_eq!(terminal.type_("check --as-of gestern").code, 2);
}

#[test]
fn it_speaks_the_language_of_the_system_and_the_one_asked_for() {
    let mut terminal = Terminal::set_up();
    assert!(terminal.type_("check").out.contains("未报齐"));
    assert!(terminal.type_("--lang en check").out.contains("2 duties open"));
    terminal.lang = "en_GB.UTF-8";
    assert!(terminal.type_("check").out.contains("2 duties open"));
    assert!(terminal.type_("--lang zh check").out.contains("未报齐"));
    assert!(terminal.type_("status").out.contains("Schemes"));
}

#[test]
fn what_is_not_said_in_an_edit_stays() {
    let terminal = Terminal::set_up();
    terminal.write("材料/文明办/1)/2017-03-05 合影.jpg", "photo");
    let (lines, _) = terminal.json("intake 材料");
    let id = lines[0]["evidence"].as_i64().unwrap();
    terminal.did(&format!("edit {id} --requirement lf-wj --pages 第1页"));
    terminal.did(&format!("edit {id} --note 领导小组"));
    let (shown, _) = terminal.json(&format!("show {id}"));
    let claim = &shown[0]["evidence"]["claims"][0];
    assert_eq!((claim["requirement"].as_str(), claim["pages"].as_str()), (Some("lf-wj"), Some("第1页")));
    assert_eq!(claim["note"], "领导小组");
}

#[test]
fn every_command_says_what_it_is_for() {
    let terminal = Terminal::new();
    let mut open = vec![String::new()];
    let mut n_commands = 0;
    while let Some(command) = open.pop() {
        let help = terminal.did(format!("{command} --help").trim());
        assert!(help.contains("Usage: juanzong"), "{command}");
        let about = help.lines().next().unwrap();
        assert!(about.chars().count() > 10 && !about.starts_with("Usage"), "{command}: {about}");
        n_commands += 1;
        let listed =
            help.lines().skip_while(|it| *it != "Commands:").skip(1).take_while(|it| it.starts_with("  "));
        let names = listed.filter_map(|it| it.split_whitespace().next()).filter(|it| *it != "help");
        open.extend(names.map(|it| format!("{command} {it}").trim().to_owned()).collect::<Vec<_>>());
    }
    assert!(n_commands > 30, "{n_commands}");
    assert!(terminal.did("--version").starts_with("juanzong "));
    assert!(terminal.did("--help").contains("Exit codes:"));
}
