//! The clerk's way through a real browser: matrix, unit, evidence, accept, search, dossier; the console stays silent.

use std::time::Duration;

use juanzong::dossier::verify;
use thirtyfour::prelude::*;

use crate::server::{Browser, Server};
use crate::world::{World, keeper};

/// The text of a plan in traditional script, as such plans arrive.
const PLAN: &str = "關于深入開展志愿服務(wù)活動的實施方案\n各責任單位:堅持關愛空巢老人,在社區開設道德講堂。\n二〇一七年三月二十日\n";

async fn world() -> World {
    let world = World::new().await;
    world.write("来/文明办/1)/2017-03-20 领导机构通知.txt", PLAN);
    let photo = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/documents/photo.jpg")).unwrap();
    world.write("来/教育局/2)/2017-03-05 照片.jpg", photo);
    world.file("来").await;
    world.archive.ledger().close().await;
    world
}

#[tokio::test]
async fn from_the_matrix_to_the_dossier_without_a_complaint() {
    let world = world().await;
    let server = Server::start(&world.root());
    let downloads = world.path("downloads");
    std::fs::create_dir(&downloads).unwrap();
    let browser = Browser::start(&downloads).await;
    let at = |path: &str| format!("http://{}{path}", server.address);
    let page = &browser.driver;
    let find = async |css: &str| page.query(By::Css(css)).first().await.unwrap();

    page.goto(at("/")).await.unwrap();
    assert!(find(".answer").await.text().await.unwrap().contains("项未报齐"));
    find(".matrix tbody a[href='/s/2017/units/wmb']").await.click().await.unwrap();
    assert!(page.title().await.unwrap().starts_with("市文明办 · "));
    let cards = find("#sent + ul.cards, h2#sent ~ ul.cards").await;
    cards.find(By::Css("p.title a")).await.unwrap().click().await.unwrap();
    assert!(find("h1").await.text().await.unwrap().contains("领导机构通知"));
    find("form[action='/verbs/accept'] button").await.click().await.unwrap();
    assert!(find(".done p").await.text().await.unwrap().contains("已通过"));
    assert!(find("section.claim .state").await.text().await.unwrap().contains("已通过"));

    // Typed in simplified script; the index follows in its own time.
    let mut hit = None;
    for _ in 0..100 {
        page.goto(at("/search?q=志愿服务 状态:已通过")).await.unwrap();
        hit = page.find(By::Css(".snippet mark")).await.ok();
        if hit.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(hit.expect("it is found").text().await.unwrap(), "志愿服務");
    let box_ = find("#find").await;
    assert_eq!(box_.prop("value").await.unwrap().unwrap(), "志愿服务 状态:已通过");

    page.goto(at("/s/2017/dossier")).await.unwrap();
    find("input[name=indicator]").await.send_keys("1.1").await.unwrap();
    find("form.choose button.main").await.click().await.unwrap();
    let link = find("a[download]").await;
    let name = link.text().await.unwrap();
    link.click().await.unwrap();
    let zip = downloaded(&downloads).await;
    assert!(name.ends_with(zip.file_name().unwrap().to_str().unwrap()), "{name}");
    let report = verify::check(&keeper(), &std::fs::File::open(&zip).unwrap()).unwrap();
    assert_eq!(report.verdict().word(), "pass", "{report:?}");

    for path in [
        "/s/2017",
        "/s/2017/units",
        "/s/2017/indicators",
        "/s/2017/review",
        "/unassigned",
        "/upload",
        "/submissions",
        "/help",
    ] {
        page.goto(at(path)).await.unwrap();
    }
    assert_eq!(browser.complaints().await, [""; 0], "the console of the browser stays silent");
    browser.end().await;
    assert!(server.end().success(), "it ends gracefully");
}

/// The file a download has become, once it is whole.
async fn downloaded(folder: &std::path::Path) -> std::path::PathBuf {
    for _ in 0..300 {
        let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
        if let [one] = files.as_slice()
            && one.extension().is_some_and(|it| it == "zip")
        {
            return one.clone();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the download did not end");
}

#[tokio::test]
async fn every_page_fits_a_phone() {
    let world = world().await;
    let server = Server::start(&world.root());
    let browser = Browser::start(&world.path("none")).await;
    let page = &browser.driver;
    page.set_window_rect(0, 0, 500, 900).await.unwrap();
    for path in [
        "/s/2017",
        "/s/2017/units/wmb",
        "/s/2017/indicators/1.1",
        "/search?q=志愿",
        "/unassigned",
        "/upload",
        "/s/2017/dossier?whole=1",
    ] {
        page.goto(format!("http://{}{path}", server.address)).await.unwrap();
        let fits = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth";
        assert!(
            page.execute(fits, vec![]).await.unwrap().convert::<bool>().unwrap(),
            "{path} is wider than the screen"
        );
    }
    browser.end().await;
}
