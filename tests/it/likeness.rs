//! Duplicates, told from the door to the count: the same photo, document or last year's elsewhere, pages sent one by one.

use std::io::Cursor;
use std::path::Path;

use image::DynamicImage;
use image::codecs::jpeg::JpegEncoder;
use juanzong::domain::finding::Code;
use juanzong::domain::id::EvidenceId;
use juanzong::findings;
use juanzong::review;

use crate::world::World;

impl World {
    /// The particulars of a finding on a piece.
    async fn amiss(&self, id: EvidenceId, code: Code) -> Option<String> {
        let fold = self.fold().await;
        let found = findings::of(&fold, &fold.evidence[&id]);
        found.into_iter().find(|it| it.code == code).map(|it| it.detail)
    }
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents").join(name)).unwrap()
}

/// A photo as a chat program hands it on.
fn through_a_chat(photo: &DynamicImage, quality: u8) -> Vec<u8> {
    let small = photo.resize(photo.width() / 2, photo.height() / 2, image::imageops::FilterType::Triangle);
    let mut bytes = Cursor::new(Vec::new());
    small.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality)).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn a_photo_under_another_unit_is_told_and_counts_once_in_its_own() {
    let world = World::new().await;
    let scene = image::load_from_memory(&fixture("scene.png")).unwrap();
    let photo = world.piece("教育局/2)/照片/2017-03-05 植树.png", fixture("scene.png")).await;
    let copy = world.piece("教育局/2)/照片/2017-03-05 植树2.jpg", through_a_chat(&scene, 60)).await;
    let corner = scene.crop_imm(0, 0, scene.width() / 2, scene.height() / 2);
    let other = world.piece("教育局/2)/照片/2017-03-06 慰问.jpg", through_a_chat(&corner, 80)).await;
    world.read().await;
    assert_eq!(world.amiss(copy, Code::W07).await, None, "of the same unit and day");
    assert_eq!(world.duty("jyj", "lf-zp").await, "partial 0/3+2");
    let elsewhere = world.piece("市人民医院/照片/2017-03-20 植树.jpg", through_a_chat(&scene, 40)).await;
    let mut heic = fixture("scene.heic");
    let same = world.piece("市人民医院/照片/2017-03-21 植树.heic", heic.clone()).await;
    heic.truncate(heic.len() / 2);
    let torn = world.piece("市人民医院/照片/2017-03-22 植树.heic", heic).await;
    world.read().await;
    let told = world.amiss(elsewhere, Code::W07).await.unwrap();
    assert!(
        told.starts_with(&format!("市教育局 #{photo}(")) && told.contains(&format!("#{same}(")),
        "{told}"
    );
    assert!(world.amiss(photo, Code::W07).await.unwrap().contains(&format!("市人民医院 #{elsewhere}(")));
    assert_eq!((world.amiss(other, Code::W07).await, world.amiss(torn, Code::W07).await), (None, None));
    // Folded from the tables and by the entries the state is the same, likeness and all.
    assert_eq!(world.archive.ledger().fold().await.unwrap(), *world.fold().await);
    world.archive.dispose(&world.act(), elsewhere, "本人要求").await.unwrap();
    let left = world.amiss(photo, Code::W07).await.unwrap();
    assert!(!left.contains(&format!("#{elsewhere}(")) && left.contains(&format!("#{same}(")), "{left}");
}

#[tokio::test]
async fn a_photo_that_was_turned_or_mirrored_is_told() {
    let world = World::new().await;
    let scene = image::load_from_memory(&fixture("scene.png")).unwrap();
    let photo = world.piece("教育局/2)/照片/2017-03-05 植树.png", fixture("scene.png")).await;
    let mut turned = vec![];
    for (name, it) in [("倒", scene.rotate180()), ("侧", scene.rotate90()), ("反", scene.fliph())] {
        let path = format!("市人民医院/照片/2017-03-20 {name}.jpg");
        turned.push(world.piece(&path, through_a_chat(&it, 70)).await);
    }
    world.read().await;
    for it in turned {
        let told = world.amiss(it, Code::W07).await.unwrap_or_default();
        assert!(told.starts_with(&format!("市教育局 #{photo}(")), "{told}");
        assert!(world.amiss(photo, Code::W07).await.unwrap().contains(&format!("市人民医院 #{it}(")));
    }
}

fn report(year: i32, closing: &str) -> String {
    let points =
        ["组织领导", "宣传发动", "志愿服务", "公共秩序", "窗口服务", "校园周边", "社区共建", "长效机制"];
    let lines = points.map(|it| {
        format!("{year}年以来,我局把{it}列入重点工作,明确责任科室,定期督促检查,{it}成效明显,群众满意度稳步提高。\n")
    });
    format!("市教育局文明创建工作总结\n{}{closing}\n{year}年3月15日\n", lines.concat())
}

#[tokio::test]
async fn a_document_sent_again_is_told_for_what_it_is() {
    let world = World::new().await;
    let pdf = world.piece("教育局/1)/规范文件/通知.pdf", fixture("letter.pdf")).await;
    let docx = world.piece("教育局/1)/规范文件/通知.docx", fixture("letter.docx")).await;
    let old = world.piece("教育局/1)/总结2016.txt", report(2016, "市教育局")).await;
    let new = world.piece("教育局/1)/总结2017.txt", report(2017, "市教育局创建办")).await;
    let version = world.piece("市人民医院/总结.txt", report(2017, "以上总结,请审阅。")).await;
    world.read().await;
    let told = world.amiss(docx, Code::W08).await.unwrap();
    assert_eq!(told, format!("#{pdf}(文号相同),可合并为另一版式"));
    assert!(world.amiss(new, Code::W23).await.unwrap().starts_with(&format!("#{old}(文字相同约 ")));
    assert!(world.amiss(new, Code::W08).await.unwrap().contains(&format!("市人民医院 #{version}(")));
    assert_eq!((world.amiss(old, Code::W23).await, world.amiss(old, Code::W08).await), (None, None));
    assert_eq!(world.amiss(pdf, Code::W23).await, None);
}

#[tokio::test]
async fn pages_sent_one_by_one_are_proposed_until_they_are_joined() {
    let world = World::new().await;
    for (n, name) in ["报头", "版面", "正文"].iter().enumerate() {
        let mut page = fixture("scene.png");
        page.push(u8::try_from(n).unwrap());
        world.write(&format!("来/文明办/1)/新闻报道/日报/{name}.png"), page);
    }
    let (lines, _) = world.file("来").await;
    world.read().await;
    let ids: Vec<EvidenceId> = lines.iter().filter_map(|it| it.evidence).collect();
    let told = world.amiss(ids[2], Code::I05).await.unwrap();
    let mut named: Vec<i64> =
        told.split(|c: char| !c.is_ascii_digit()).filter_map(|it| it.parse().ok()).collect();
    let head = lines.iter().find(|it| it.path.contains("报头")).unwrap().evidence.unwrap();
    assert_eq!(named[0], head.0);
    let pages: Vec<EvidenceId> = named.iter().map(|it| EvidenceId(*it)).collect();
    let joined = review::join(world.archive.ledger(), &world.act(), &pages).await.unwrap();
    named.sort_unstable();
    assert_eq!(named, ids.iter().map(|it| it.0).collect::<Vec<_>>());
    assert_eq!(world.amiss(joined, Code::I05).await, None);
}

#[tokio::test]
async fn who_was_there_before_is_found_by_what_came_since() {
    let world = World::new().await;
    let scene = image::load_from_memory(&fixture("scene.png")).unwrap();
    let photo = world.piece("教育局/2)/照片/2017-03-05 植树.png", fixture("scene.png")).await;
    let pdf = world.piece("教育局/1)/规范文件/通知.pdf", fixture("letter.pdf")).await;
    let text = world.piece("教育局/1)/总结.txt", report(2017, "市教育局")).await;
    world.index().await;
    let sorted = |mut ids: Vec<EvidenceId>| {
        ids.sort_unstable();
        ids
    };
    let found = async |query: &str| sorted(world.found(query).await);
    assert_eq!(found("问题:W07").await, []);
    let copy = world.piece("市人民医院/照片/2017-03-20 植树.jpg", through_a_chat(&scene, 60)).await;
    let docx = world.piece("市人民医院/规范文件/通知.docx", fixture("letter.docx")).await;
    let same = world.piece("市人民医院/总结.txt", report(2017, "市教育局")).await;
    world.index().await;
    assert_eq!(found("问题:W07").await, [photo, copy]);
    assert_eq!(found("问题:W08").await, [pdf, docx]);
    assert_eq!(found("问题:W26").await, [text, same]);
    for gone in [copy, docx, same] {
        world.archive.dispose(&world.act(), gone, "本人要求").await.unwrap();
    }
    world.index().await;
    for code in ["W07", "W08", "W26"] {
        assert_eq!(found(&format!("问题:{code}")).await, [], "{code}");
    }
}
