//! A unit that is called otherwise: its pieces are found by its new names, and what leaned on the old ones is told anew.

use juanzong::domain::unit::Unit;
use juanzong::ledger::event::Event;

use crate::world::{World, units};

const PAPER: &str = "示例市体育局文件\n示体〔2017〕3号\n关于开展全民健身志愿服务的通知\n各学校：\n现将有关事项通知如下，请认真贯彻执行。\n示例市体育局\n2017年3月1日\n";

fn called(id: &str, name: &str, aliases: &[&str]) -> Unit {
    let mut unit = units().into_iter().find(|it| it.id.as_str() == id).unwrap();
    unit.name = name.into();
    unit.aliases = serde_json::from_value(serde_json::json!(aliases)).unwrap();
    unit
}

#[tokio::test]
async fn pieces_are_found_by_the_new_names_of_their_unit_and_no_longer_by_the_old() {
    let world = World::new().await;
    let piece = world.piece("教育局/1)/通知.txt", "学习").await;
    world.index().await;
    assert_eq!(world.found("单位:教育局").await, [piece]);
    world.tell(Event::UnitSet { unit: called("jyj", "市教育体育局", &["教体局"]) }).await;
    world.index().await;
    for name in ["市教育体育局", "教体局", "jtj", "jyj"] {
        assert_eq!(world.found(&format!("单位:{name}")).await, [piece], "{name}");
    }
    let facets = world.ask("").await.facets;
    let units = facets.iter().find(|it| it.field == "unit").unwrap();
    assert_eq!(units.counts, [("jyj".to_owned(), 1)], "the index knows the unit by its id");
}

#[tokio::test]
async fn what_leaned_on_a_name_is_told_anew_where_the_name_moves_to_another_unit() {
    let world = World::new().await;
    world.tell(Event::UnitSet { unit: called("yy", "市人民医院", &["体育局"]) }).await;
    let piece = world.piece("教育局/1)/规范文件/通知.txt", PAPER).await;
    world.index().await;
    assert_eq!(world.found("疑点:W03").await, [piece], "the bureau of sports is another unit");
    // The same words, held by others: the dictionary of the index does not change.
    world.tell(Event::UnitSet { unit: called("yy", "市人民医院", &[]) }).await;
    world.tell(Event::UnitSet { unit: called("jyj", "市教育局", &["教育局", "体育局"]) }).await;
    world.index().await;
    assert_eq!(world.found("疑点:W03").await, []);
    world.tell(Event::UnitSet { unit: called("jyj", "市教育局", &["教育局"]) }).await;
    world.tell(Event::UnitSet { unit: called("wmb", "市文明办", &["文明办", "体育局"]) }).await;
    world.index().await;
    assert_eq!(world.found("疑点:W03").await, [piece]);
}
