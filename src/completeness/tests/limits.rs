//! What a requirement takes: formats, sizes, lengths, numbers.

use super::*;

#[test]
fn what_is_beyond_the_limits_is_told_and_counted() {
    let mut limited = lead(requirement("r", "policy", 1));
    limited.max = Some(2);
    limited.limits = serde_json::from_value(serde_json::json!({ "bytes": 1, "words": 1500 })).unwrap();
    let told = |fold: &Fold| {
        let all = assess(fold, &"2017".parse().unwrap(), &Scope::All, DAY).unwrap();
        let line = |it: &Amiss| (it.evidence.0, it.finding.code, it.finding.detail.clone(), it.counts_not);
        all.amiss.iter().map(line).collect::<Vec<_>>()
    };
    let read = |fold: &mut Fold, n: u8, characters: u64| {
        let reading = serde_json::json!({
            "extractor": "office", "version": 1, "status": "ok", "findings": [],
            "facts": { "media_type": "application/pdf", "characters": characters }
        });
        let reading = Box::new(serde_json::from_value(reading).unwrap());
        tell(fold, Event::Read { blob: Digest::new([n; 32]), reading });
    };
    let mut small = fold(vec![limited.clone()]);
    file(&mut small, "wmb", "policy", (1, IN), Standing::Pending);
    file(&mut small, "wmb", "policy", (2, IN), Standing::Accepted);
    read(&mut small, 1, 1500);
    assert_eq!(told(&small), []);
    file(&mut small, "wmb", "policy", (3, IN), Standing::Pending);
    assert_eq!(told(&small), [(5, Code::W22, "3 > 2 件".into(), false)], "those accepted are kept");
    read(&mut small, 1, 1501);
    assert_eq!(told(&small)[0], (2, Code::W15, "1501 > 1500 字".into(), false));
    limited.limits.bytes = Some(0);
    let mut large = fold(vec![limited]);
    file(&mut large, "wmb", "policy", (1, IN), Standing::Pending);
    assert_eq!(told(&large), [(2, Code::W16, "a.jpg 1 B > 0 B".into(), false)]);
}

#[test]
fn a_format_that_is_not_taken_and_a_picture_too_small_are_told() {
    let mut limited = lead(requirement("r", "photo", 1));
    limited.limits =
        serde_json::from_value(serde_json::json!({ "formats": ["jpeg"], "pixels": 1024 })).unwrap();
    let mut fold = fold(vec![limited.clone()]);
    let read = |fold: &mut Fold, n: u8, media_type: &str, (width, height): (u32, u32)| {
        let reading = serde_json::json!({
            "extractor": "photo", "version": 1, "status": "ok", "findings": [],
            "facts": { "media_type": media_type, "width": width, "height": height }
        });
        let reading = Box::new(serde_json::from_value(reading).unwrap());
        tell(fold, Event::Read { blob: Digest::new([n; 32]), reading });
    };
    let told = |fold: &Fold| {
        let all = assess(fold, &"2017".parse().unwrap(), &Scope::All, DAY).unwrap();
        let line = |it: &Amiss| (it.finding.code, it.finding.detail.clone(), it.counts_not);
        all.amiss.iter().map(line).collect::<Vec<_>>()
    };
    file(&mut fold, "wmb", "photo", (1, IN), Standing::Pending);
    assert_eq!(told(&fold), [], "by its name, before it is read");
    read(&mut fold, 1, "image/jpeg", (768, 1024));
    assert_eq!(told(&fold), []);
    read(&mut fold, 1, "image/jpeg", (1023, 768));
    assert_eq!(told(&fold), [(Code::W06, "a.jpg 长边 1023 < 1024 像素".into(), false)]);
    read(&mut fold, 1, "image/png", (1024, 768));
    assert_eq!(told(&fold), [(Code::E06, "a.jpg 是 png，只收 jpeg".into(), false)], "whatever it is called");
    limited.limits.formats = vec!["图片".into()];
    let imported = fold.schemes.values_mut().next().unwrap();
    Arc::make_mut(&mut imported.scheme).indicators[0].requirements[0] = limited;
    assert_eq!(told(&fold), []);
}
