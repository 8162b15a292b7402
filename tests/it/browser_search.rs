//! The search page and the findings in a real browser: typing, suggestion, facet, highlight, saved search, export, ruling.

use std::path::{Path, PathBuf};
use std::time::Duration;

use thirtyfour::prelude::*;

use crate::server::{Browser, Server};
use crate::world::World;

/// A notice with a number of somebody who is not: the district code is not given out.
const NOTICE: &str = "吉县创文字〔2017〕2号\n关于慰问空巢老人的通知\n各单位:志愿服务队慰问王某,身份证号 11010119900307977X。\n2017年3月20日\n";

const REPORT: &str = "志愿服务活动总结\n志愿服务队到社区看望空巢老人。\n2017年3月21日\n";

async fn world() -> World {
    let world = World::new().await;
    world.write("来/文明办/1)/慰问通知.txt", NOTICE);
    world.write("来/教育局/1)/活动总结.txt", REPORT);
    world.file("来").await;
    world.index().await;
    world.archive.ledger().close().await;
    world
}

async fn downloaded(folder: &Path, ending: &str) -> PathBuf {
    for _ in 0..100 {
        let files = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
        if let Some(file) = files.into_iter().find(|it| it.extension().is_some_and(|it| it == ending)) {
            return file;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("nothing was downloaded");
}

/// Waits until something on the page says some words: a click answers in its own time, and with another page.
async fn says(page: &WebDriver, css: &str, words: &str) {
    let mut seen = String::new();
    for _ in 0..100 {
        if let Ok(found) = page.find(By::Css(css)).await
            && let Ok(text) = found.text().await
        {
            if text.contains(words) {
                return;
            }
            seen = text;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{css} says “{seen}” and not “{words}”");
}

#[tokio::test]
async fn from_a_few_letters_to_a_result_that_is_kept_and_taken_away() {
    let world = world().await;
    let server = Server::start(&world.root());
    let downloads = world.path("downloads");
    std::fs::create_dir(&downloads).unwrap();
    let browser = Browser::start(&downloads).await;
    let at = |path: &str| format!("http://{}{path}", server.address);
    let page = &browser.driver;
    let find = async |css: &str| page.query(By::Css(css)).first().await.unwrap();

    page.goto(at("/search?q=")).await.unwrap();
    let typing = find("#find").await;
    typing.send_keys("志愿服务 jyj").await.unwrap();
    says(page, "#suggestions li", "市教育局").await;
    typing.send_keys(Key::Down + "").await.unwrap();
    typing.send_keys(Key::Enter + "").await.unwrap();
    assert_eq!(find("#find").await.prop("value").await.unwrap().unwrap(), "志愿服务 单位:市教育局 ");
    find("#find").await.send_keys(Key::Enter + "").await.unwrap();
    says(page, "h1.quiet", "共 1 件").await;
    says(page, ".snippet mark", "志愿服务").await;

    // An empty box offers what was asked lately.
    page.goto(at("/help")).await.unwrap();
    find("#find").await.click().await.unwrap();
    says(page, "#suggestions li", "志愿服务 单位:市教育局").await;

    page.goto(at("/search?q=空巢老人")).await.unwrap();
    says(page, "h1.quiet", "共 2 件").await;
    find("aside.facets a[href*='jyj']").await.click().await.unwrap();
    says(page, "h1.quiet", "共 1 件").await;
    assert_eq!(page.find_all(By::Css(".chips a.chip")).await.unwrap().len(), 2);

    find("details.saved summary").await.click().await.unwrap();
    find("details.saved input[name=name]").await.send_keys("教育局的空巢老人").await.unwrap();
    find("details.saved form[action='/searches'] button").await.click().await.unwrap();
    says(page, "details.saved ul", "教育局的空巢老人").await;
    page.goto(at("/search?q=")).await.unwrap();
    page.query(By::LinkText("教育局的空巢老人")).first().await.unwrap().click().await.unwrap();
    says(page, "h1.quiet", "共 1 件").await;
    find("nav.takeaway a[href^='/search.xlsx']").await.click().await.unwrap();
    assert!(std::fs::metadata(downloaded(&downloads, "xlsx").await).unwrap().len() > 1_000);
    find("nav.takeaway a[href^='/search.csv']").await.click().await.unwrap();
    let table = std::fs::read_to_string(downloaded(&downloads, "csv").await).unwrap();
    assert!(table.contains("活动总结") && !table.contains("慰问通知"), "{table}");
    find("details.saved form[action='/searches/forget'] button").await.click().await.unwrap();
    for _ in 0..100 {
        if page.find(By::LinkText("教育局的空巢老人")).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(page.find(By::LinkText("教育局的空巢老人")).await.is_err());
    assert_eq!(browser.complaints().await, [""; 0], "the console of the browser stays silent");
    browser.end().await;
}

#[tokio::test]
async fn a_result_is_tagged_at_once_and_narrowed_by_the_tree() {
    let world = world().await;
    let server = Server::start(&world.root());
    let browser = Browser::start(world.root().parent().unwrap()).await;
    let at = |path: &str| format!("http://{}{path}", server.address);
    let page = &browser.driver;
    let find = async |css: &str| page.query(By::Css(css)).first().await.unwrap();

    page.goto(at("/search?q=空巢老人")).await.unwrap();
    find("details.batch summary").await.click().await.unwrap();
    find("details.batch input[name=query]").await.click().await.unwrap();
    find("details.batch input[name=add]").await.send_keys("重点").await.unwrap();
    find("details.batch button[formaction]").await.click().await.unwrap();
    says(page, ".done", "标签已更新").await;
    says(page, ".card", "重点").await;
    find(".card a.chip").await.click().await.unwrap();
    // What was just tagged is found as soon as the index has it.
    for _ in 0..50 {
        if find("h1.quiet").await.text().await.unwrap() == "共 2 件" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        page.refresh().await.unwrap();
    }
    says(page, "h1.quiet", "共 2 件").await;
    find("ul.branch summary").await.click().await.unwrap();
    says(page, "ul.branch ul", "组织领导 2").await;
    find("ul.branch ul a").await.click().await.unwrap();
    says(page, "ul.branch ul b", "组织领导").await;
    says(page, "h1.quiet", "共 2 件").await;
    find("aside.facets a.chip[title]").await.click().await.unwrap();
    says(page, ".chips", "标签:重点").await;
    find("p.title a").await.click().await.unwrap();
    says(page, ".tags", "重点").await;
    find(".tags button.quiet").await.click().await.unwrap();
    says(page, ".history", "去标签：重点").await;
    assert!(page.find(By::Css(".tags .chip")).await.is_err(), "the tag is off");
    assert_eq!(browser.complaints().await, [""; 0], "the console of the browser stays silent");
    browser.end().await;
}

#[tokio::test]
async fn personal_data_is_told_and_cleared_on_the_page_of_the_piece() {
    let world = world().await;
    let server = Server::start(&world.root());
    let browser = Browser::start(world.root().parent().unwrap()).await;
    let at = |path: &str| format!("http://{}{path}", server.address);
    let page = &browser.driver;
    let find = async |css: &str| page.query(By::Css(css)).first().await.unwrap();

    page.goto(at("/s/2017/units/wmb")).await.unwrap();
    find("ul.doubts a[href*='W13']").await.click().await.unwrap();
    says(page, "h1.quiet", "共 1 件").await;
    find("p.title a").await.click().await.unwrap();
    let decide = "form[action='/verbs/clear']:has(input[value=W13])";
    let told = "li:has(input[value=W13])";
    says(page, told, "不编入迎检档案").await;
    assert!(!find(told).await.text().await.unwrap().contains("11010119900307977X"), "the finding is masked");
    find(&format!("{told} details summary")).await.click().await.unwrap();
    find(&format!("{decide} input[name=reason]")).await.send_keys("已征得本人同意").await.unwrap();
    find(&format!("{decide} button")).await.click().await.unwrap();
    says(page, told, "已核定可用：已征得本人同意").await;
    find(&format!("{told} form[action='/verbs/reopen'] button")).await.click().await.unwrap();
    says(page, told, "不编入迎检档案").await;
    assert_eq!(browser.complaints().await, [""; 0], "the console of the browser stays silent");
    browser.end().await;
}
